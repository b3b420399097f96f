import { type Static, Type } from 'typebox';
import { FLAVOURS, type Flavour } from '../vehicle/create-vehicle.ts';
import type { Expectation } from './schema-expectations.ts';
import { Box, DroneName, Name, Network, NotOn, Place, Strict } from './schema-parts.ts';
import type { Step } from './schema-steps.ts';

/** Where an aircraft stands in the beginning, and what it is. */
export const FleetEntry = Strict({
  name: DroneName,
  /** Default: the number in its name. Two may share one, as in the field. */
  systemId: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
  home: Place,
  flavour: Type.Optional(Type.Unsafe<Flavour>({ type: 'string', enum: [...FLAVOURS] })),
  batteryPct: Type.Optional(Type.Number({ minimum: 1, maximum: 100 })),
});
export type FleetEntry = Static<typeof FleetEntry>;

export const CellEntry = Strict({ id: Name, name: Type.Optional(Type.String()), box: Box });
export const ZoneEntry = Strict({ id: Name, box: Box });

/** A file without its timeline and expectations, which are checked line by line (read-scenario.ts). */
export const ScenarioHead = Strict({
  title: Type.String({ minLength: 5, maxLength: 120 }),
  description: Type.String({ minLength: 10 }),
  /** Simulated seconds per second; `--speed` wins. Default 10. */
  speed: Type.Optional(Type.Number({ minimum: 1, maximum: 40 })),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
  /** The run ends here whatever it is waiting for; simulated seconds, default 900. */
  limitS: Type.Optional(Type.Number({ minimum: 10, maximum: 86_400 })),
  /** Default: the sample district's first base. */
  origin: Type.Optional(
    Strict({ lonDeg: Type.Number(), latDeg: Type.Number(), altitudeAmslM: Type.Number() }),
  ),
  fleet: Type.Array(FleetEntry, { minItems: 1, maxItems: 50 }),
  /** Autopilot parameters of all aircraft. */
  parameters: Type.Optional(Type.Record(Type.String(), Type.Number())),
  wind: Type.Optional(
    Strict({
      eastMps: Type.Number({ minimum: -20, maximum: 20 }),
      northMps: Type.Number({ minimum: -20, maximum: 20 }),
      gustMps: Type.Number({ minimum: 0, maximum: 20 }),
    }),
  ),
  /** From the beginning, for all. */
  network: Type.Optional(Network),
  /** Settings of the server by dotted name, docs/configuration.md. */
  server: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Array(Type.String())])),
  ),
  cells: Type.Array(CellEntry, { minItems: 1, maxItems: 100 }),
  zones: Type.Optional(Type.Array(ZoneEntry, { maxItems: 50 })),
  /** What the file needs that real autopilots do not give; such a file is skipped with --sitl, and says why. */
  simulatedOnly: Type.Optional(Type.String({ minLength: 10, maxLength: 200 })),
  /** The same for one of them: skipped there. */
  notOn: Type.Optional(NotOn),
  steps: Type.Array(Type.Unknown(), { minItems: 1 }),
  expect: Type.Array(Type.Unknown(), { minItems: 1 }),
});
export type ScenarioHead = Static<typeof ScenarioHead>;

export interface NumberedStep {
  readonly step: Step;
  /** In the file, from 1. */
  readonly line: number;
}

export interface NumberedExpectation {
  readonly expectation: Expectation;
  readonly line: number;
}

/** A scenario that was checked as a whole. */
export interface Scenario extends Omit<ScenarioHead, 'steps' | 'expect'> {
  /** File name without its ending. */
  readonly id: string;
  readonly path: string;
  readonly steps: readonly NumberedStep[];
  readonly expect: readonly NumberedExpectation[];
}
