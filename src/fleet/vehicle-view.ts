import type { VehicleState } from '../../firmware-bridge/index.ts';
import type { VehicleView } from '../contract/index.ts';

export interface VehicleExtras {
  readonly name: string;
  readonly patrolId: string | null;
  readonly sortieId: string | null;
  readonly flightId: string | null;
}

/** What the consoles see of a vehicle at `nowMs`: the bridge's snapshot with ages instead of times. */
export function toVehicleView(state: VehicleState, extras: VehicleExtras, nowMs: number): VehicleView {
  const age = (group: { readonly receivedAtMs: number }): number =>
    Math.max(0, Math.round(nowMs - group.receivedAtMs));
  const { mode, position, velocity, battery, gps, prearm, home } = state;
  return {
    vehicleId: state.vehicleId,
    name: extras.name,
    systemId: state.systemId,
    linkId: state.linkId,
    endpoint: state.endpoint,
    autopilot: state.autopilot,
    airframe: state.airframe,
    firmwareVersion: state.firmwareVersion,
    connection: state.connection,
    lastHeardAgeMs: Math.max(0, Math.round(nowMs - state.lastHeardAtMs)),
    identityConflict: state.identityConflict === null ? null : [...state.identityConflict],
    armed: state.armed,
    flightState: state.flightState,
    mode: mode && { name: mode.name, normalised: mode.normalised, ageMs: age(mode) },
    position: position && {
      lonDeg: position.lonDeg,
      latDeg: position.latDeg,
      altitudeAmslM: position.altitudeAmslM,
      relativeAltitudeM: position.relativeAltitudeM,
      headingDeg: position.headingDeg,
      ageMs: age(position),
    },
    velocity: velocity && {
      groundSpeedMps: velocity.groundSpeedMps,
      climbMps: velocity.climbMps,
      ageMs: age(velocity),
    },
    battery: battery && {
      remainingPct: battery.remainingPct,
      voltageV: battery.voltageV,
      currentA: battery.currentA,
      ageMs: age(battery),
    },
    gps: gps && { fixType: gps.fixType, satellites: gps.satellites, hdop: gps.hdop, ageMs: age(gps) },
    prearm: prearm && { ready: prearm.ready, reasons: [...prearm.reasons], ageMs: age(prearm) },
    home: home && { lonDeg: home.lonDeg, latDeg: home.latDeg },
    linkQuality: { lossPct: state.linkQuality.lossPct, framesPerS: state.linkQuality.framesPerS },
    patrolId: extras.patrolId,
    sortieId: extras.sortieId,
    flightId: extras.flightId,
  };
}
