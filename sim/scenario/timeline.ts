import { type Condition, parseCondition } from './condition.ts';
import { look, type Scene } from './look.ts';
import type { ActionAnswer, StepRecord } from './run-log.ts';
import type { NumberedStep } from './schema.ts';
import type { Step } from './schema-steps.ts';
import { sleep } from './server-process.ts';
import type { Stage } from './stage.ts';
import { doStep } from './steps.ts';

const DEFAULT_WITHIN_S = 300;
const DEFAULT_LIMIT_S = 900;
const LOOK_EVERY_MS = 10;
/** A machine that cannot keep up gets four times as long, and protocols in wall time half a minute. */
const wallLimitMs = (simulatedS: number, speed: number): number => (simulatedS / speed) * 4000 + 30_000;

/** Plays the timeline step by step; ends with the first step that does not go as the file wants it. */
export async function playTimeline(stage: Stage): Promise<readonly StepRecord[]> {
  const records: StepRecord[] = [];
  let noticesFrom = 0;
  for (const numbered of stage.scenario.steps) {
    const noticesBefore = noticesFrom;
    noticesFrom = stage.operator.notices.length;
    const record = await playStep(stage, numbered, noticesBefore);
    records.push(record);
    if (record.failure !== null) {
      stage.progress.say(`FAILED, line ${record.line}: ${record.failure}`);
      break;
    }
  }
  return records;
}

async function playStep(
  stage: Stage,
  { step, line }: NumberedStep,
  noticesFrom: number,
): Promise<StepRecord> {
  const waited = await waitFor(stage, step, noticesFrom);
  const startedS = stage.recorder.timeS;
  const startedWallMs = performance.now();
  let failure = waited;
  let answers: readonly ActionAnswer[] = [];
  if (failure === null) {
    stage.progress.say(`${wordsOf(step)}`);
    try {
      const done = await doStep(stage, step);
      answers = done.answers;
      failure = done.failure;
    } catch (problem) {
      failure = problem instanceof Error ? problem.message : String(problem);
    }
  }
  const endedS = stage.recorder.timeS;
  return { line, step, startedS, endedS, startedWallMs, endedWallMs: performance.now(), answers, failure };
}

/** `at` and `when`. @returns why it did not come to it, or null */
async function waitFor(stage: Stage, step: Step, noticesFrom: number): Promise<string | null> {
  const { at, when } = step;
  if (at !== undefined) {
    const late = await until(stage, () => stage.recorder.timeS >= at, at, `second ${at}`);
    if (late !== null) return late;
  }
  if (when === undefined) return null;
  const condition = parseCondition(when);
  if (condition === null) return `"${when}" is not understood`;
  const scene = sceneOf(stage, noticesFrom);
  return until(stage, () => look(condition, scene), step.within ?? DEFAULT_WITHIN_S, when, condition);
}

function sceneOf(stage: Stage, noticesFrom: number): Scene {
  const { operator, ground, patrolIds } = stage;
  return {
    ...{ operator, ground, noticesFrom, aircraft: stage.fleet.aircraft },
    patrolId: (name) => patrolIds.get(name) ?? null,
  };
}

async function until(
  stage: Stage,
  isSo: () => boolean,
  withinS: number,
  what: string,
  condition: Condition | null = null,
): Promise<string | null> {
  const { recorder, speed } = stage;
  const limitS = stage.scenario.limitS ?? DEFAULT_LIMIT_S;
  const untilS = recorder.timeS + withinS;
  const untilWallMs = performance.now() + wallLimitMs(withinS, speed);
  while (!isSo()) {
    if (recorder.timeS > limitS) return `the run reached its limit of ${limitS} s waiting for: ${what}`;
    if (recorder.timeS > untilS || performance.now() > untilWallMs) {
      return `waited ${withinS} s for: ${what}${condition === null ? '' : ` (${situation(stage)})`}`;
    }
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

/** What the operator sees and what is true, for whoever has to find out why. */
function situation({ operator, fleet, patrolIds }: Stage): string {
  const drones = fleet.aircraft.map(({ name, truth: look }) => {
    const view = operator.byName(name);
    const truth = look();
    const shown = view === null ? 'not seen' : `${view.connection}, ${view.mode?.name ?? 'no mode'}`;
    const really = truth === null ? 'unheard' : `${truth.mode} at ${truth.heightM.toFixed(0)} m`;
    const why = view?.prearm?.ready === false ? `, ${view.prearm.reasons.join('; ')}` : '';
    return `${name} ${shown}${why}, truly ${really}`;
  });
  const patrols = [...patrolIds].map(([name, id]) => {
    const sorties = operator.patrols.get(id)?.sorties ?? [];
    const states = sorties.map(({ vehicleName, state, progressPct, failure }) => {
      const why =
        failure === null ? '' : ` ${failure.code}: ${failure.message} ${failure.reasons.join('; ')}`;
      return `${vehicleName} ${state} ${progressPct} %${why}`;
    });
    return `${name}: ${states.join(', ')}`;
  });
  return [...drones, ...patrols].join(' · ');
}

function wordsOf(step: Step): string {
  const { do: what, id: _id, at: _at, when, within: _within, notOn: _notOn, ...rest } = step;
  const told = Object.entries(rest)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return [`▶ ${what}`, told, when === undefined ? '' : `(${when})`].filter((text) => text !== '').join(' ');
}
