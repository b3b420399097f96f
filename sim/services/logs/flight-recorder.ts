import { SIM_BATTERY } from '../../aircraft/battery.ts';
import type { VehicleFault } from '../../faults/model.ts';
import type { OnboardHost } from '../../vehicle/onboard-service.ts';
import type { AircraftTruth } from '../../vehicle/truth.ts';
import { SAMPLE_INTERVAL_S } from './flight-sample.ts';
import type { LogContext, LogEvent } from './log-format.ts';
import type { LogStore } from './log-store.ts';

const E7 = 1e7;
/** Adding 0.04 s twelve times and a half must not miss the half second. */
const ROUNDING_S = 1e-6;

/**
 * Writes the log of a flight from arming to disarming (LOG_DISARMED 0, SDLOG_MODE 0). Between two samples, twice a
 * second, it costs a comparison. What happens is written with the sample that shows it.
 */
export class FlightRecorder {
  readonly #host: OnboardHost;
  readonly #store: LogStore;
  #sinceSampleS = 0;
  #shown: { readonly mode: string; readonly landed: boolean; readonly seq: number } | null = null;
  #gpsOk = true;

  constructor(host: OnboardHost, store: LogStore) {
    this.#host = host;
    this.#store = store;
  }

  armed(isArmed: boolean): void {
    const truth = this.#host.truth();
    if (isArmed) {
      this.#begin(truth);
      this.#event({ kind: 'armed', mode: truth.mode }, truth);
    } else {
      this.#event({ kind: 'disarmed', mode: truth.mode }, truth);
      this.#store.end();
    }
  }

  step(dtS: number): void {
    if (this.#store.current === null) return;
    this.#sinceSampleS += dtS;
    if (this.#sinceSampleS < SAMPLE_INTERVAL_S - ROUNDING_S) return;
    this.#sinceSampleS -= SAMPLE_INTERVAL_S;
    const truth = this.#host.truth();
    if (this.#store.isFull) {
      this.#begin(truth);
      return;
    }
    this.#events(truth);
    this.#sample(truth);
  }

  fault(fault: VehicleFault, isActive: boolean): void {
    if (fault.kind === 'gps-loss') {
      this.#gpsOk = !isActive;
      this.#event({ kind: 'fault', what: 'gps', isActive }, this.#host.truth());
    } else if (fault.kind === 'compass') {
      this.#event({ kind: 'fault', what: 'compass', isActive }, this.#host.truth());
    } else if (fault.kind === 'rc-loss') {
      this.#event({ kind: 'fault', what: 'radio', isActive }, this.#host.truth());
    }
  }

  /** Power was cut or the autopilot restarted: the file ends where it is. */
  rebooted(): void {
    this.#store.end();
  }

  #begin(truth: AircraftTruth): void {
    this.#store.begin(this.#context(truth));
    this.#sinceSampleS = 0;
    this.#shown = null;
    this.#events(truth);
    this.#sample(truth);
  }

  #context(truth: AircraftTruth): LogContext {
    const { lat, lon } = degE7(truth);
    return {
      systemId: this.#host.systemId,
      startedAtMs: Math.round(truth.timeS * 1000),
      bootEpochMs: this.#host.bootEpochMs(),
      parameters: this.#host.parameters(),
      capacityMah: SIM_BATTERY.capacityMah,
      origin: { lat, lon, altitudeAmslM: truth.altitudeAmslM },
    };
  }

  #events(truth: AircraftTruth): void {
    const { mode, landed, missionSeq: seq, armed } = truth;
    const before = this.#shown;
    this.#shown = { mode, landed, seq };
    if (before?.mode !== mode) this.#event({ kind: 'mode', mode, isArmed: armed }, truth);
    if (before !== null && before.landed !== landed) {
      this.#event({ kind: landed ? 'landed' : 'airborne' }, truth);
    }
    if (before === null || before.seq === seq) return;
    const items = this.#host.stored(0);
    const item = items[seq];
    if (item !== undefined) this.#event({ kind: 'mission-item', seq, total: items.length, item }, truth);
  }

  #event(event: LogEvent, truth: AircraftTruth): void {
    this.#store.current?.addEvent(event, Math.round(truth.timeS * 1000));
  }

  #sample(truth: AircraftTruth): void {
    const { roll, pitch, yaw } = this.#host.attitudeRad();
    this.#store.current?.addSample({
      ...degE7(truth),
      altitudeAmslM: truth.altitudeAmslM,
      relativeAltitudeM: truth.relativeAltitudeM,
      groundSpeedMps: truth.groundSpeedMps,
      climbMps: truth.climbMps,
      rollRad: roll,
      pitchRad: pitch,
      yawRad: yaw,
      batteryPct: truth.batteryPct,
      missionSeq: truth.missionSeq,
      gpsOk: this.#gpsOk,
    });
  }
}

function degE7({ latDeg, lonDeg }: AircraftTruth): { readonly lat: number; readonly lon: number } {
  return { lat: Math.round(latDeg * E7), lon: Math.round(lonDeg * E7) };
}
