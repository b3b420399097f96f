import { create } from 'zustand';
import type { ActionResult, SafetyAction } from '../../contract/index.ts';
import { api, toProblem } from '../state/api.ts';

export const SAFETY_ACTIONS: readonly SafetyAction[] = ['hold', 'resume', 'return', 'land'];

/** One command to one aircraft and what came of it. */
export interface ActionRun {
  readonly vehicleId: string;
  readonly action: SafetyAction;
  readonly startedAtMs: number;
  /** Null while the vehicle has not answered. */
  readonly result: ActionResult | null;
}

interface ActionModel {
  /** The newest command of each aircraft, until it is dismissed or followed by another. */
  readonly runs: Readonly<Record<string, ActionRun>>;
}

export const useActions = create<ActionModel>()(() => ({ runs: {} }));

/** Sends the command to each aircraft at the same time; every one gets its own answer. */
export function actOn(vehicleIds: readonly string[], action: SafetyAction): void {
  for (const vehicleId of vehicleIds) void act(vehicleId, action);
}

async function act(vehicleId: string, action: SafetyAction): Promise<void> {
  const run: ActionRun = { vehicleId, action, startedAtMs: performance.now(), result: null };
  put(run);
  const result = await api.act(vehicleId, action).catch(asResult);
  // A later command has taken this one's place on the screen.
  if (useActions.getState().runs[vehicleId]?.startedAtMs !== run.startedAtMs) return;
  put({ ...run, result });
}

/** A server that did not answer leaves the outcome unknown; a problem that it told is a failure. */
function asResult(error: unknown): ActionResult {
  const problem = toProblem(error);
  return {
    outcome: problem.status === 0 || problem.status >= 500 ? 'unknown' : 'failed',
    code: problem.code,
    message: problem.detail,
    details: problem.details,
    reasons: [],
  };
}

function put(run: ActionRun): void {
  useActions.setState(({ runs }) => ({ runs: { ...runs, [run.vehicleId]: run } }));
}

export function dismissActions(vehicleIds: readonly string[]): void {
  useActions.setState(({ runs }) => ({
    runs: Object.fromEntries(Object.entries(runs).filter(([vehicleId]) => !vehicleIds.includes(vehicleId))),
  }));
}
