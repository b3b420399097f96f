import type { VehicleView } from '../../contract/index.ts';

/** An aircraft that flies its mission and reports everything. */
export function vehicle(patch: Partial<VehicleView> = {}): VehicleView {
  return {
    vehicleId: 'v-1',
    name: 'D-01',
    systemId: 1,
    linkId: 'udp',
    endpoint: '127.0.0.1:14550',
    autopilot: 'ArduPilot',
    airframe: 'copter',
    firmwareVersion: null,
    connection: 'online',
    lastHeardAgeMs: 100,
    identityConflict: null,
    armed: true,
    flightState: 'in-air',
    mode: { name: 'AUTO', normalised: 'mission', ageMs: 0 },
    position: {
      lonDeg: 110.29,
      latDeg: 25.28,
      altitudeAmslM: 200,
      relativeAltitudeM: 50,
      headingDeg: 90,
      ageMs: 0,
    },
    velocity: null,
    battery: null,
    gps: null,
    prearm: null,
    home: null,
    linkQuality: { lossPct: 0, framesPerS: 50 },
    patrolId: null,
    sortieId: null,
    flightId: null,
    ...patch,
  };
}
