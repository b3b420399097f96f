import type { ApiActionResult, ApiPatrol, ApiPreview, ApiProblem } from './api-types.ts';
import type { ActionAnswer } from './run-log.ts';
import type { Step, StepOf } from './schema-steps.ts';
import { sleep } from './server-process.ts';
import { dronesOf, type Stage } from './stage.ts';

export interface StepResult {
  readonly answers: readonly ActionAnswer[];
  /** Null: it went as the file wants it. */
  readonly failure: string | null;
}

const DONE: StepResult = { answers: [], failure: null };
const failed = (failure: string): StepResult => ({ answers: [], failure });

/** Does one step. What the operator does goes by the public API alone. */
export async function doStep(stage: Stage, step: Step): Promise<StepResult> {
  const { operator, server, fleet, recorder } = stage;
  const { mischief } = fleet;
  switch (step.do) {
    case 'patrol':
      return launchPatrol(stage, step);
    case 'hold':
    case 'resume':
    case 'return':
    case 'land':
      return order(stage, step.do, dronesOf(stage, step.drones), {}, step.outcome ?? 'done');
    case 'goto': {
      const { lonDeg, latDeg } = stage.ground.toGeo(step.to);
      const { heightM: relativeAltitudeM, purpose = 'incident-follow-up', note = 'Scenario' } = step;
      const body = { lonDeg, latDeg, relativeAltitudeM, purpose, note };
      return order(stage, 'goto', dronesOf(stage, [step.drone]), body, step.outcome ?? 'done');
    }
    case 'wait': {
      const untilS = recorder.timeS + (step.forS ?? 0);
      while (recorder.timeS < untilS) await sleep(10);
      return DONE;
    }
    case 'draw-zone':
      return drawZone(stage, step);
    case 'call':
      return callApi(stage, step);
    case 'kill-server':
      await server.end('SIGKILL');
      return DONE;
    case 'stop-server':
      await server.end('SIGTERM');
      return DONE;
    case 'start-server':
      await server.start();
      return DONE;
    case 'close-console':
      operator.closeConsole();
      return DONE;
    case 'open-console':
      await operator.openConsole();
      return DONE;
    case 'network':
      for (const aircraft of dronesOf(stage, step.drones)) {
        const { set = null, cut = null, direction = 'both' } = step;
        mischief.network(aircraft, { set, cut: typeof cut === 'number' ? cut * 1000 : cut, direction });
      }
      return DONE;
    case 'change-address':
      for (const aircraft of dronesOf(stage, step.drones)) await mischief.changeAddress(aircraft);
      return DONE;
    case 'power-off':
    case 'power-on':
      for (const aircraft of dronesOf(stage, step.drones))
        await mischief.power(aircraft, step.do === 'power-on');
      return DONE;
    case 'fault':
      for (const aircraft of dronesOf(stage, step.drones)) mischief.fault(aircraft, step.fault);
      return DONE;
    case 'clear-fault':
      for (const aircraft of dronesOf(stage, step.drones)) mischief.clearFault(aircraft, step.kind);
      return DONE;
    case 'parameter':
      for (const aircraft of dronesOf(stage, step.drones))
        mischief.parameter(aircraft, step.name, step.value);
      return DONE;
    case 'other-station':
      for (const aircraft of dronesOf(stage, [step.drone])) await mischief.otherStation(aircraft, step.does);
      return DONE;
  }
}

async function launchPatrol(stage: Stage, step: StepOf<'patrol'>): Promise<StepResult> {
  const { operator } = stage;
  const vehicleIds = step.drones?.map((name) => operator.idOf(name) ?? name);
  const preview = await operator.call<ApiPreview & ApiProblem>('POST', '/api/v1/patrols/preview', {
    cellId: step.cell,
    ...(step.heightM === undefined ? {} : { relativeAltitudeM: step.heightM }),
    ...(vehicleIds === undefined ? {} : { vehicleIds }),
  });
  if (preview.status !== 200) return judgeRefusal(step.refused, [preview.body.code], preview.body.detail);
  const errors = preview.body.findings.filter(({ severity }) => severity === 'error');
  if (!preview.body.launchable) {
    const told = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
    const codes = preview.body.findings.map(({ code }) => code);
    return judgeRefusal(step.refused, codes, told);
  }
  const launched = await operator.call<ApiPatrol & ApiProblem>('POST', '/api/v1/patrols', {
    previewId: preview.body.previewId,
    purpose: step.purpose ?? 'patrol',
    ...(step.note === undefined ? {} : { note: step.note }),
  });
  if (launched.status !== 201) return judgeRefusal(step.refused, [launched.body.code], launched.body.detail);
  if (step.refused !== undefined) return failed(`it was launched; wanted was the refusal ${step.refused}`);
  stage.patrolIds.set(step.as, launched.body.patrolId);
  if (!operator.patrols.has(launched.body.patrolId)) operator.takePatrol(launched.body);
  const drones = launched.body.sorties.map(({ vehicleName }) => vehicleName);
  const { coveragePct, swathWidthM } = preview.body;
  const durationS = Math.max(...preview.body.sorties.map((sortie) => sortie.durationS));
  stage.progress.say(
    `patrol ${step.as}: ${drones.join(', ')}, ${durationS} s planned, ${coveragePct} % at a swath of ${swathWidthM} m`,
  );
  return DONE;
}

function judgeRefusal(wanted: string | undefined, codes: readonly string[], told: string): StepResult {
  if (wanted !== undefined && codes.includes(wanted)) return DONE;
  const unwanted = `the server refused: ${codes.join(', ')}: ${told}`;
  return failed(wanted === undefined ? unwanted : `${unwanted}; wanted was ${wanted}`);
}

async function order(
  stage: Stage,
  action: string,
  aircraft: readonly { readonly name: string }[],
  body: object,
  wanted: string,
): Promise<StepResult> {
  const answers = await Promise.all(
    aircraft.map(async ({ name }): Promise<ActionAnswer> => {
      const startedMs = performance.now();
      const id = encodeURIComponent(stage.operator.idOf(name) ?? name);
      const path = `/api/v1/vehicles/${id}/${action}`;
      const { status, body: answer } = await stage.operator.call<ApiActionResult & ApiProblem>(
        'POST',
        path,
        ...(action === 'goto' ? [body] : []),
      );
      const tookMs = performance.now() - startedMs;
      const isAnswer = status === 200;
      const outcome = isAnswer ? answer.outcome : 'failed';
      const message = isAnswer ? [answer.message, ...answer.reasons].join(' ') : answer.detail;
      stage.progress.say(`${name} ${action}: ${outcome} after ${tookMs.toFixed(0)} ms (${message})`);
      return { drone: name, outcome, code: answer.code, message, tookMs };
    }),
  );
  const wrong = answers.filter(({ outcome }) => outcome !== wanted);
  const failure =
    wrong.length === 0
      ? null
      : wrong
          .map(({ drone, outcome, code, message }) => `${drone} ${outcome} (${code}: ${message})`)
          .join('; ');
  return { answers, failure: failure === null ? null : `${action}: ${failure}; wanted was ${wanted}` };
}

async function drawZone(stage: Stage, step: StepOf<'draw-zone'>): Promise<StepResult> {
  const zone = stage.scenario.zones?.find(({ id }) => id === step.zone);
  if (zone === undefined) return failed(`there is no zone ${step.zone}`);
  const answer = await stage.operator.call<ApiProblem>('POST', '/api/v1/airspace/zones', {
    name: zone.id,
    kind: 'no-fly',
    reason: `Scenario ${stage.scenario.id}`,
    geometry: { type: 'Polygon', coordinates: [stage.ground.ring(zone.box)] },
  });
  if (answer.status >= 300) return judgeRefusal(step.refused, [answer.body.code], answer.body.detail);
  if (step.refused !== undefined) return failed(`it was taken; wanted was the refusal ${step.refused}`);
  stage.zonesDrawnS.set(step.zone, stage.recorder.timeS);
  return DONE;
}

async function callApi(stage: Stage, step: StepOf<'call'>): Promise<StepResult> {
  const path = step.path.replace(/\{([^}]+)\}/g, (_all, name: string) =>
    encodeURIComponent(stage.patrolIds.get(name) ?? stage.operator.idOf(name) ?? name),
  );
  const answer = await stage.operator.call<ApiProblem>(step.method, path, step.body);
  if (step.refused !== undefined && answer.status < 400)
    return failed(`it was taken; wanted was ${step.refused}`);
  if (answer.status >= 400 && step.refused !== undefined)
    return judgeRefusal(step.refused, [answer.body.code], answer.body.detail);
  const wanted = step.status ?? 200;
  if (answer.status === wanted) return DONE;
  return failed(
    `${step.method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}; wanted was ${wanted}`,
  );
}
