import type { GoTo, Orbit } from '../autopilot/guided-flight.ts';
import type { CommandOutcome } from '../model.ts';
import { distanceM } from './guided-geometry.ts';
import {
  nextTarget,
  type OrbitPath,
  type OrbitTarget,
  offCircleM,
  orbitEntry,
  orbitMessage,
} from './guided-orbit.ts';
import type { VehiclePort } from './vehicle-port.ts';

/** What leading an aircraft round needs of the action that it is part of. */
export interface OrbitHost {
  readonly port: VehiclePort;
  /** Null: the action goes on. */
  endedBy(): string | null;
  /** Done when the vehicle is seen to go there. */
  goTo(to: GoTo): Promise<CommandOutcome>;
  /** Ends the action, and says so, when somebody else changed the mode since. */
  stoppedByMode(sinceMs: number): boolean;
  tellOrbiting(offCircleM: number | null): void;
  wait(ms: number): Promise<void>;
  later(run: () => void, ms: number): void;
}

interface Height {
  readonly frame: number;
  readonly z: number;
}

const STREAM_MS = 250;
const CHECK_MS = 200;
const DEFAULT_ORBIT_MPS = 5;
const ON_CIRCLE_M = 5;
const SLOWEST_APPROACH_MPS = 1;

/**
 * For autopilots without a circle of their own: to the entry point, then points round the circle, streamed until the
 * action ends. Done when the aircraft is on the circle; the streaming goes on behind it.
 */
export async function leadRound(host: OrbitHost, request: Orbit, height: Height): Promise<CommandOutcome> {
  const { port } = host;
  const { center, radiusM, direction, altitude } = request;
  const path: OrbitPath = { center, radiusM, direction, speedMps: request.speedMps ?? DEFAULT_ORBIT_MPS };
  const { position } = port.state();
  if (position === null) {
    const reasons = ['The vehicle does not report where it is.'];
    return { kind: 'denied', result: 'REFUSED_HERE', reasons };
  }
  const entry = orbitEntry(path, position);
  const entryM = distanceM(position, entry);
  const started = await host.goTo({ ...entry, altitude });
  if (started.kind !== 'done') return started;
  const sinceMs = port.clock.nowMs();
  const withinMs = 15_000 + (entryM / SLOWEST_APPROACH_MPS) * 1000;
  for (;;) {
    const endedBy = host.endedBy();
    if (endedBy !== null) return { kind: 'cancelled', by: endedBy };
    if (host.stoppedByMode(sinceMs)) return { kind: 'cancelled', by: host.endedBy() ?? '' };
    const here = port.state().position;
    const off = here === null ? null : offCircleM(path, here);
    if (off !== null && Math.abs(off) <= ON_CIRCLE_M) {
      host.tellOrbiting(Math.abs(off));
      break;
    }
    if (port.clock.nowMs() - sinceMs >= withinMs) {
      return {
        kind: 'not-confirmed',
        expected: 'on the circle',
        observed: off === null ? 'no position' : `${off.toFixed(0)} m off the circle`,
        afterMs: Math.round(withinMs),
      };
    }
    await host.wait(CHECK_MS);
  }
  stream(host, path, height);
  return { kind: 'done', confirmedBy: 'mode GUIDED, on the circle' };
}

function stream(host: OrbitHost, path: OrbitPath, height: Height): void {
  const { port } = host;
  const sinceMs = port.clock.nowMs();
  let target: OrbitTarget | null = null;
  const next = (): void => {
    if (host.endedBy() !== null || host.stoppedByMode(sinceMs)) return;
    const { position } = port.state();
    if (position !== null && port.refusal() === null) {
      target = nextTarget(path, target, position, port.clock.nowMs());
      port.send(orbitMessage(port.target, path, target, height));
    }
    host.later(next, STREAM_MS);
  };
  next();
}
