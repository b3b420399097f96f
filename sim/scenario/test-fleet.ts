import type { FaultKind, VehicleFault } from '../faults/model.ts';
import type { ExecutedCommand } from '../vehicle/truth.ts';
import type { Network, Place } from './schema-parts.ts';
import type { StationAct } from './schema-steps.ts';

/** Where an aircraft truly is now; positions are metres from the scenario's origin. */
export interface Truth extends Place {
  /** Above its own home. */
  readonly heightM: number;
  readonly armed: boolean;
  readonly landed: boolean;
  /** The autopilot's own name of it. */
  readonly mode: string;
  readonly batteryPct: number;
}

/** One aircraft of a run, simulated or flown by a real autopilot. */
export interface TestAircraft {
  readonly name: string;
  readonly systemId: number;
  readonly home: Place;
  /** Null until it was heard of. */
  truth(): Truth | null;
  /** Commands that it received; null: nobody can tell (a real autopilot). */
  commands(): readonly ExecutedCommand[] | null;
}

/** Everything that a timeline can do to an aircraft; each says what it cannot. */
export interface Mischief {
  network(
    aircraft: TestAircraft,
    change: {
      readonly set: Network | null;
      /** Milliseconds of wall time, or until `false`. */
      readonly cut: boolean | number | null;
      readonly direction: 'up' | 'down' | 'both';
    },
  ): void;
  changeAddress(aircraft: TestAircraft): Promise<void>;
  power(aircraft: TestAircraft, isOn: boolean): Promise<void>;
  fault(aircraft: TestAircraft, fault: VehicleFault): void;
  clearFault(aircraft: TestAircraft, kind: FaultKind): void;
  parameter(aircraft: TestAircraft, name: string, value: number): void;
  /** A command of a ground station that the server knows nothing of. */
  otherStation(aircraft: TestAircraft, does: StationAct): Promise<void>;
}

/** What a scenario flies with: the simulated fleet, or real autopilots. */
export interface TestFleet {
  /** For the report: `4 simulated aircraft`, `ArduCopter 4.7.0 (SITL)`. */
  readonly title: string;
  readonly aircraft: readonly TestAircraft[];
  /** Seconds of simulated time since the start. */
  timeS(): number;
  readonly mischief: Mischief;
  /** Simulated seconds that the machine was too slow for. */
  lostS(): number;
  close(): Promise<void>;
}
