import { SimError } from '../errors.ts';
import { parseVehicleFault } from '../faults/vehicle-fault-schema.ts';
import { parseCondition } from './condition.ts';
import type { Scenario } from './schema.ts';
import type { Box } from './schema-parts.ts';

type Tell = (line: number, message: string) => void;

/** Everything that a step or expectation names must be defined, and steps that others refer to must come before. */
export function checkReferences(scenario: Scenario, tell: Tell): void {
  const drones = new Set(scenario.fleet.map(({ name }) => name));
  const cells = new Set(scenario.cells.map(({ id }) => id));
  const zones = new Set((scenario.zones ?? []).map(({ id }) => id));
  if (drones.size < scenario.fleet.length) tell(1, 'two entries of `fleet` have the same name');
  for (const { id, box } of [...scenario.cells, ...(scenario.zones ?? [])]) {
    if (!isBox(box))
      tell(1, `the box of ${id} is ${JSON.stringify(box)}; write westM, southM, eastM, northM`);
  }
  const patrols = new Set<string>();
  const ids = new Set<string>();
  const need = (line: number, what: string, known: ReadonlySet<string>, name: string): void => {
    if (!known.has(name))
      tell(line, `there is no ${what} "${name}"; there are ${[...known].join(', ') || 'none'}`);
  };
  for (const { step, line } of scenario.steps) {
    for (const name of namedDrones(step)) need(line, 'drone', drones, name);
    if (step.when !== undefined) {
      const condition = parseCondition(step.when);
      if (condition !== null && 'drone' in condition && condition.drone !== null)
        need(line, 'drone', drones, condition.drone);
      if (condition !== null && 'patrol' in condition)
        need(line, 'patrol before this step', patrols, condition.patrol);
    }
    if (step.do === 'patrol') {
      need(line, 'cell', cells, step.cell);
      if (patrols.has(step.as)) tell(line, `there is a patrol "${step.as}" already`);
      patrols.add(step.as);
    }
    if (step.do === 'fault') checkFault(step.fault, (message) => tell(line, message));
    if (step.do === 'draw-zone') need(line, 'zone', zones, step.zone);
    if (step.id === undefined) continue;
    if (ids.has(step.id)) tell(line, `there is a step with the id "${step.id}" already`);
    ids.add(step.id);
  }
  for (const { expectation, line } of scenario.expect) {
    for (const name of namedDrones(expectation)) need(line, 'drone', drones, name);
    if ('cell' in expectation) need(line, 'cell', cells, expectation.cell);
    if ('zone' in expectation) need(line, 'zone', zones, expectation.zone);
    if ('patrol' in expectation) need(line, 'patrol', patrols, expectation.patrol);
    for (const key of ['step', 'from', 'to', 'after'] as const) {
      const name = (expectation as Readonly<Record<string, unknown>>)[key];
      if (typeof name === 'string') need(line, 'step with the id', ids, name);
    }
  }
}

function checkFault(fault: unknown, tell: (message: string) => void): void {
  try {
    parseVehicleFault(fault, 'fault');
  } catch (problem) {
    if (!(problem instanceof SimError)) throw problem;
    tell(problem.message);
  }
}

function namedDrones(entry: object): readonly string[] {
  const { drone, drones } = entry as { drone?: unknown; drones?: unknown };
  const many = Array.isArray(drones) ? drones : [];
  return [drone, ...many].filter((name): name is string => typeof name === 'string');
}

const isBox = ([westM, southM, eastM, northM]: Box): boolean => westM < eastM && southM < northM;
