import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import {
  type BridgeConfig,
  type BridgeEvent,
  type FullBridge,
  type LinkId,
  openBridge,
  type VehicleState,
} from '../../firmware-bridge/index.ts';
import { MAV_CMD, MAV_FRAME, type MissionItem } from '../../missions/mission-item.ts';
import { freeUdpPort } from '../support/ports.ts';
import { PX4_GCS_PORT, px4Build, startPx4, untilFree } from '../support/px4.ts';
import { arduCopterPath, SITL_HOME, type SitlHome, startArduCopter } from '../support/sitl.ts';

/** The real autopilots of this machine behind one door, and our bridge in this process, so that a test can look in. */
export interface Started {
  /** Where all of them send to. */
  readonly udpPort: number;
  /** Working directory of each. */
  readonly folders: readonly string[];
  readonly homes: readonly SitlHome[];
  stop(): Promise<void>;
}

export interface AutopilotRig {
  readonly name: string;
  readonly kind: 'ardupilot' | 'px4';
  /** `count` aircraft side by side, all sending to one UDP port here. */
  start(options: { readonly count: number; readonly speedup: number }): Promise<Started>;
}

/** Apart from those that a developer may have running. */
const FIRST_INSTANCE = 20;
/** About 22 m apart, to the north. */
const homeOf = (index: number): SitlHome => ({ ...SITL_HOME, latDeg: SITL_HOME.latDeg + index * 0.0002 });

function together(
  udpPort: number,
  started: readonly { readonly folder: string; stop(): Promise<void> }[],
): Started {
  return {
    udpPort,
    folders: started.map(({ folder }) => folder),
    homes: started.map((_, index) => homeOf(index)),
    async stop() {
      await Promise.all(started.map((sitl) => sitl.stop()));
    },
  };
}

function arduCopterRig(path: string): AutopilotRig {
  return {
    name: 'ArduCopter',
    kind: 'ardupilot',
    async start({ count, speedup }) {
      const udpPort = await freeUdpPort();
      const started = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          startArduCopter(path, {
            instance: FIRST_INSTANCE + index,
            link: { udpPort },
            speedup,
            home: homeOf(index),
          }),
        ),
      );
      return together(udpPort, started);
    },
  };
}

function px4Rig(build: NonNullable<ReturnType<typeof px4Build>>): AutopilotRig {
  return {
    name: 'PX4',
    kind: 'px4',
    async start({ count, speedup }) {
      await untilFree(PX4_GCS_PORT);
      const started = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          startPx4(build, { instance: FIRST_INSTANCE + index, speedup, home: homeOf(index) }),
        ),
      );
      return together(PX4_GCS_PORT, started);
    },
  };
}

/** Those that are there; a word on the console for each that is not. */
export function availableRigs(): readonly AutopilotRig[] {
  const copter = arduCopterPath();
  const px4 = px4Build();
  return [...(copter === null ? [] : [arduCopterRig(copter)]), ...(px4 === null ? [] : [px4Rig(px4)])];
}

export interface Watched {
  readonly bridge: FullBridge;
  readonly events: readonly BridgeEvent[];
  /** The only vehicle. */
  only(): VehicleState;
  /** Resolves when `seen` gives something; else fails with what the vehicles said last. */
  until<T>(what: string, seen: () => T | null | undefined | false, withinMs: number): Promise<T>;
  /** That many vehicles, each ready to be armed. */
  ready(count: number, withinMs?: number): Promise<readonly VehicleState[]>;
  /** An empty folder that is gone after the test. */
  folder(): string;
  close(): Promise<void>;
}

export const OUR_SYSTEM_ID = 245;

export async function watch(
  urls: Readonly<Record<string, string>>,
  config: Partial<BridgeConfig> = {},
): Promise<Watched> {
  const links = Object.entries(urls).map(([linkId, url]) => ({ linkId: linkId as LinkId, url }));
  const bridge = await openBridge(
    {
      links,
      systemId: OUR_SYSTEM_ID,
      componentId: 190,
      lostAfterMs: 3_000,
      telemetryRateHz: 4,
      recordingDir: null,
      ...config,
    },
    { logger: pino({ level: process.env.SITL_LOG ?? 'error' }), ownThread: false },
  );
  const events: BridgeEvent[] = [];
  const folders: string[] = [];
  bridge.subscribe((event) => {
    if (event.kind !== 'vehicles' && event.kind !== 'link') events.push(event);
  });

  async function until<T>(
    what: string,
    seen: () => T | null | undefined | false,
    withinMs: number,
  ): Promise<T> {
    for (const deadline = Date.now() + withinMs; ; ) {
      const found = seen();
      if (found !== null && found !== undefined && found !== false) return found;
      if (Date.now() > deadline) throw new Error(`not seen within ${withinMs} ms: ${what}\n${lastWords()}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  function lastWords(): string {
    const states = bridge
      .vehicles()
      .map(
        ({ vehicleId, connection, armed, mode, flightState, position, prearm }) =>
          `${vehicleId}: ${connection}, armed ${armed}, ${mode?.name}, ${flightState}, ${position?.relativeAltitudeM} m, ${JSON.stringify(prearm)}`,
      );
    return [...states, ...events.slice(-12).map((event) => JSON.stringify(event))].join('\n');
  }
  return {
    bridge,
    events,
    until,
    only() {
      const [state, ...others] = bridge.vehicles();
      if (state === undefined || others.length > 0) {
        throw new Error(`${bridge.vehicles().length} vehicles instead of one`);
      }
      return state;
    },
    ready: (count, withinMs = 150_000) =>
      until(
        `${count} vehicles ready to be armed`,
        () => {
          const ready = bridge
            .vehicles()
            .filter(
              ({ prearm, position, home }) => prearm?.ready === true && position !== null && home !== null,
            );
          return ready.length === count && ready.length === bridge.vehicles().length && ready;
        },
        withinMs,
      ),
    folder() {
      const folder = mkdtempSync(join(tmpdir(), 'airgrid-sitl-files-'));
      folders.push(folder);
      return folder;
    },
    async close() {
      await bridge.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A point on the ground. */
export type Place = Pick<SitlHome, 'latDeg' | 'lonDeg'>;

/** degE7 of a place that many metres away. */
export function place(
  home: Place,
  northM: number,
  eastM: number,
): { readonly x: number; readonly y: number } {
  const { latDeg, lonDeg } = lonLat(home, northM, eastM);
  return { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7) };
}

export function lonLat(
  home: Place,
  northM: number,
  eastM: number,
): { readonly latDeg: number; readonly lonDeg: number } {
  const metresPerDeg = 111_320;
  return {
    latDeg: home.latDeg + northM / metresPerDeg,
    lonDeg: home.lonDeg + eastM / (metresPerDeg * Math.cos((home.latDeg * Math.PI) / 180)),
  };
}

export function distanceM(from: Place, to: Place): number {
  const north = (to.latDeg - from.latDeg) * 111_320;
  const east = (to.lonDeg - from.lonDeg) * 111_320 * Math.cos((from.latDeg * Math.PI) / 180);
  return Math.hypot(north, east);
}

const item = (command: number, rest: Partial<MissionItem>): MissionItem => ({
  frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
  command,
  param1: 0,
  param2: 0,
  param3: 0,
  param4: 0,
  x: 0,
  y: 0,
  z: 0,
  ...rest,
});

/** Up, `corners` places on a ring round home, back and down. */
export function ringMission(
  home: Place,
  options: { readonly heightM: number; readonly radiusM: number; readonly corners: number },
): readonly MissionItem[] {
  const { heightM: z, radiusM, corners } = options;
  const ring = Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * index) / corners;
    return item(MAV_CMD.NAV_WAYPOINT, {
      ...place(home, radiusM * Math.cos(angle), radiusM * Math.sin(angle)),
      z,
    });
  });
  return [
    item(MAV_CMD.NAV_TAKEOFF, { ...place(home, 0, 0), z }),
    ...ring,
    item(MAV_CMD.NAV_RETURN_TO_LAUNCH, { frame: MAV_FRAME.MISSION }),
  ];
}
