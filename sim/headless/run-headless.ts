import type { FleetSettings } from '../fleet-model.ts';
import { TrafficLog, type TrafficLogSummary } from '../network/traffic-log.ts';
import type { OrderOutcome } from './contact.ts';
import { HeadlessFleet } from './headless-fleet.ts';
import { defaultStationScript, type StationScript } from './station-script.ts';

export interface HeadlessRun extends FleetSettings {
  /** Simulated seconds. */
  readonly forS: number;
  /** Default: one flight of everybody. */
  readonly orders?: StationScript;
  /** The log as a file; without it, it is only counted and hashed. */
  readonly tlogPath?: string;
  readonly onProblem?: (systemId: number, problem: Error) => void;
}

export interface HeadlessResult extends TrafficLogSummary {
  readonly aircraft: number;
  readonly simulatedS: number;
  readonly outcomes: readonly OrderOutcome[];
  /** At the end, by aircraft: armed, mode, metres above home. */
  readonly end: readonly {
    readonly systemId: number;
    readonly armed: boolean;
    readonly mode: string;
    readonly relativeAltitudeM: number;
  }[];
}

/** 2027-01-15 08:00 UTC: any moment will do, but it must be the same one each time. */
const BOOT_EPOCH_MS = 1_800_000_000_000;

/** Runs a fleet in virtual time, as fast as the processor can. @throws SimError as `HeadlessFleet` and `TrafficLog` */
export function runHeadless(run: HeadlessRun): HeadlessResult {
  const { forS, orders, tlogPath, ...settings } = run;
  const onProblem = run.onProblem ?? (() => {});
  const bootEpochMs = run.bootEpochMs ?? BOOT_EPOCH_MS;
  let fleet: HeadlessFleet | null = null;
  const nowUs = () => (bootEpochMs + (fleet?.nowMs ?? 0)) * 1000;
  const log = new TrafficLog(nowUs, tlogPath ?? null, (problem) => onProblem(0, problem));
  fleet = new HeadlessFleet(
    { ...settings, orders: orders ?? defaultStationScript(forS), bootEpochMs, onProblem },
    log,
  );
  fleet.run(forS);
  return {
    ...log.close(),
    aircraft: fleet.all.length,
    simulatedS: fleet.timeS,
    outcomes: fleet.outcomes,
    end: fleet.all.map(({ systemId, truth }) => ({
      systemId,
      armed: truth.armed,
      mode: truth.mode,
      relativeAltitudeM: Math.round(truth.relativeAltitudeM * 10) / 10,
    })),
  };
}
