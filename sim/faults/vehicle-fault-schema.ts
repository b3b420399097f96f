import { type TObject, type TProperties, Type } from 'typebox';
import { SimError } from '../errors.ts';
import { checkerOf } from '../script-file.ts';
import type { FaultKind, VehicleFault } from './model.ts';

/** Simulated seconds; null or left out: until it is cleared. */
const Duration = Type.Union([Type.Null(), Type.Number({ minimum: 0 })]);
const lasts = { durationS: Type.Optional(Duration) };
const fault = <K extends FaultKind, P extends TProperties>(kind: K, properties: P) =>
  Type.Object({ kind: Type.Literal(kind), ...properties }, { additionalProperties: false });

/** The faults of model.ts as a file may name them, one for each kind. */
export const FAULT_SCHEMAS: Readonly<Record<FaultKind, TObject>> = {
  battery: fault('battery', { remainingPct: Type.Number({ minimum: 0, maximum: 100 }) }),
  'low-cell': fault('low-cell', {
    cell: Type.Integer({ minimum: 0, maximum: 13 }),
    sagV: Type.Number({ minimum: 0, maximum: 5 }),
  }),
  'gps-loss': fault('gps-loss', lasts),
  'gps-jump': fault('gps-jump', { eastM: Type.Number(), northM: Type.Number(), ...lasts }),
  compass: fault('compass', { errorDeg: Type.Number({ minimum: -180, maximum: 180 }), ...lasts }),
  'rc-loss': fault('rc-loss', lasts),
  'stuck-payload': fault('stuck-payload', lasts),
  'wind-gust': fault('wind-gust', {
    eastMps: Type.Number({ minimum: -40, maximum: 40 }),
    northMps: Type.Number({ minimum: -40, maximum: 40 }),
    durationS: Type.Number({ minimum: 0 }),
  }),
  'log-erased': fault('log-erased', {}),
  'refuse-arming': fault('refuse-arming', { reason: Type.String(), ...lasts }),
  'refuse-command': fault('refuse-command', {
    command: Type.Integer({ minimum: 0, maximum: 65_535 }),
    result: Type.Integer({ minimum: 0, maximum: 255 }),
    times: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 1 })])),
  }),
  'mission-not-stored': fault('mission-not-stored', lasts),
  'mission-stored-wrong': fault('mission-stored-wrong', lasts),
  reboot: fault('reboot', {}),
};
export const FAULT_KINDS = Object.keys(FAULT_SCHEMAS) as readonly FaultKind[];

const CHECKS = new Map(Object.entries(FAULT_SCHEMAS).map(([kind, schema]) => [kind, checkerOf(schema)]));

/** From a value that was parsed already. @param where for the message. @throws SimError `sim.script-invalid` */
export function parseVehicleFault(content: unknown, where: string): VehicleFault {
  const kind: unknown =
    typeof content === 'object' && content !== null && 'kind' in content ? content.kind : null;
  const check = CHECKS.get(String(kind));
  if (check === undefined) {
    const found = JSON.stringify(kind);
    throw new SimError(
      'sim.script-invalid',
      `${where}: kind is ${found}; allowed are ${FAULT_KINDS.join(', ')}`,
    );
  }
  const checked = check(content, where);
  const open = {
    ...(hasDuration(checked) ? { durationS: null } : {}),
    ...(kind === 'refuse-command' ? { times: null } : {}),
  };
  // The schema of this kind was met, and what may be left out is filled in.
  return { ...open, ...checked } as unknown as VehicleFault;
}

const LASTING = new Set<unknown>(
  Object.entries(FAULT_SCHEMAS)
    .filter(([, schema]) => 'durationS' in schema.properties)
    .map(([kind]) => kind),
);

function hasDuration(checked: object): boolean {
  return 'kind' in checked && LASTING.has(checked.kind);
}
