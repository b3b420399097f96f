import pino from 'pino';
import {
  type BridgeConfig,
  type FullBridge,
  type LinkConfig,
  type LinkId,
  openBridge,
  type VehicleState,
} from '../../firmware-bridge/index.ts';

/** What every example begins with: the link URL of the command line, the bridge, the first vehicle that is heard. */
export interface Opened {
  readonly bridge: FullBridge;
  readonly vehicle: VehicleState;
  /** The newest picture of that vehicle. */
  now(): VehicleState;
  /** Waits until the vehicle is seen as wished. @throws Error when it is not within that time */
  until(what: string, seen: (state: VehicleState) => boolean, withinMs: number): Promise<VehicleState>;
  /** Frees links and timers; the program ends. */
  close(): Promise<void>;
}

export type MissionItem = Parameters<FullBridge['uploadMission']>[1][number];

const DEFAULT_URL = 'udp-listen://0.0.0.0:14550';

/** Arguments that are link URLs; without any: everything that sends to UDP 14550. */
export function linkUrls(): readonly string[] {
  const urls = process.argv.slice(2).filter((argument) => argument.includes('://'));
  return urls.length > 0 ? urls : [DEFAULT_URL];
}

/** Arguments that are no link URLs. */
export function otherArguments(): readonly string[] {
  return process.argv.slice(2).filter((argument) => !argument.includes('://'));
}

export async function open(
  config: Partial<BridgeConfig> = {},
  ofLink: (link: LinkConfig) => LinkConfig = (link) => link,
): Promise<Opened> {
  const links = linkUrls().map((url, index) => ofLink({ linkId: `link-${index + 1}` as LinkId, url }));
  const bridge = await openBridge(
    {
      links,
      // 255 is every ground station's usual number; ours is another.
      systemId: 245,
      componentId: 190,
      lostAfterMs: 3_000,
      telemetryRateHz: 4,
      recordingDir: null,
      ...config,
    },
    { logger: pino({ level: process.env.LOG ?? 'error' }, pino.destination(2)) },
  );
  process.once('SIGINT', () => {
    console.log('closing');
    void bridge.close().then(() => process.exit(0));
  });
  for (const { url, state, problem } of bridge.links()) {
    console.log(`${url}: ${problem === null ? state : problem.message}`);
  }

  console.log('waiting for a vehicle (Ctrl-C ends)');
  const vehicle = await firstVehicle(bridge);
  const now = (): VehicleState => bridge.vehicle(vehicle.vehicleId) ?? vehicle;
  console.log(`${vehicle.vehicleId}: ${vehicle.autopilot} ${vehicle.airframe}, at ${vehicle.endpoint}`);
  return {
    bridge,
    vehicle,
    now,
    async until(what, seen, withinMs) {
      for (const deadline = Date.now() + withinMs; !seen(now()); ) {
        if (Date.now() > deadline) throw new Error(`not seen within ${withinMs / 1000} s: ${what}`);
        await new Promise((done) => setTimeout(done, 100));
      }
      return now();
    },
    close: () => bridge.close(),
  };
}

/** Heard, and its hardware asked: from then on its id is the lasting one. */
async function firstVehicle(bridge: FullBridge): Promise<VehicleState> {
  for (const heard = Date.now(); ; ) {
    const [vehicle] = bridge.vehicles();
    if (vehicle !== undefined && (vehicle.hardwareUid !== null || Date.now() - heard > 5_000)) return vehicle;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** A place some metres away from another. */
export function beside(
  from: { readonly latDeg: number; readonly lonDeg: number },
  northM: number,
  eastM: number,
): { readonly latDeg: number; readonly lonDeg: number } {
  const metresPerDeg = 111_320;
  return {
    latDeg: from.latDeg + northM / metresPerDeg,
    lonDeg: from.lonDeg + eastM / (metresPerDeg * Math.cos((from.latDeg * Math.PI) / 180)),
  };
}
