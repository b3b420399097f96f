import type { Ground } from './geometry.ts';
import type { Operator } from './operator.ts';
import type { Progress } from './run-log.ts';
import type { Scenario } from './schema.ts';
import type { ServerProcess } from './server-process.ts';
import type { TestAircraft, TestFleet } from './test-fleet.ts';
import type { TrackRecorder } from './track.ts';

/** Everything that a step may use. */
export interface Stage {
  readonly scenario: Scenario;
  readonly ground: Ground;
  readonly operator: Operator;
  readonly server: ServerProcess;
  readonly fleet: TestFleet;
  readonly recorder: TrackRecorder;
  readonly progress: Progress;
  readonly speed: number;
  /** The server's ids by the names of the timeline. */
  readonly patrolIds: Map<string, string>;
  /** When a zone was drawn; simulated seconds. */
  readonly zonesDrawnS: Map<string, number>;
}

export function dronesOf(stage: Stage, wanted: 'all' | readonly string[]): readonly TestAircraft[] {
  const { aircraft } = stage.fleet;
  return wanted === 'all' ? aircraft : aircraft.filter(({ name }) => wanted.includes(name));
}
