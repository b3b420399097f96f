import { type Static, Type } from 'typebox';
import { SimError } from '../errors.ts';
import { type Vehicles, VehiclesSchema } from '../network/network-script.ts';
import { checkerOf, listIn, readScriptFile } from '../script-file.ts';
import type { FaultKind, VehicleFault } from './model.ts';
import type { ReplayOptions } from './replay.ts';
import type { RogueAction, RogueStep } from './rogue-station.ts';
import { FAULT_KINDS, parseVehicleFault } from './vehicle-fault-schema.ts';

/** What goes wrong aboard and around a fleet when; `atS` is simulated seconds since the fleet started. */
export type FaultEntry =
  | {
      readonly kind: 'fault';
      readonly atS: number;
      readonly vehicles: Vehicles;
      readonly fault: VehicleFault;
    }
  | { readonly kind: 'clear'; readonly atS: number; readonly vehicles: Vehicles; readonly clear: FaultKind }
  /** A second ground station appears; its steps count from then. */
  | {
      readonly kind: 'rogue';
      readonly atS: number;
      readonly vehicles: Vehicles;
      readonly steps: readonly RogueStep[];
      readonly asSystemId?: number;
      readonly asComponentId?: number;
    }
  | {
      readonly kind: 'twin';
      readonly atS: number;
      readonly vehicles: Vehicles;
      readonly eastM?: number;
      readonly northM?: number;
      readonly sameUid?: boolean;
    }
  | {
      readonly kind: 'replay';
      readonly atS: number;
      readonly vehicles: Vehicles;
      readonly replay: ReplayOptions;
    }
  | {
      readonly kind: 'power';
      readonly atS: number;
      readonly vehicles: Vehicles;
      readonly power: 'on' | 'off';
    };
export type FaultScript = readonly FaultEntry[];

const strict = { additionalProperties: false } as const;
const when = { atS: Type.Number({ minimum: 0 }), vehicles: Type.Optional(VehiclesSchema) };
const Seconds = Type.Number({ minimum: 0 });
const Action = Type.Object({ kind: Type.String() });
const SystemId = Type.Integer({ minimum: 1, maximum: 255 });

const FaultForm = Type.Object({ ...when, fault: Type.Unsafe<unknown>({}) }, strict);
const ClearForm = Type.Object({ ...when, clear: Type.String() }, strict);
const RogueForm = Type.Object(
  {
    ...when,
    rogue: Type.Object(
      {
        steps: Type.Array(
          Type.Object(
            { atS: Seconds, everyS: Type.Optional(Type.Union([Type.Null(), Seconds])), action: Action },
            strict,
          ),
        ),
        asSystemId: Type.Optional(SystemId),
        asComponentId: Type.Optional(SystemId),
      },
      strict,
    ),
  },
  strict,
);
const TwinForm = Type.Object(
  {
    ...when,
    twin: Type.Object(
      {
        eastM: Type.Optional(Type.Number()),
        northM: Type.Optional(Type.Number()),
        sameUid: Type.Optional(Type.Boolean()),
      },
      strict,
    ),
  },
  strict,
);
const ReplayForm = Type.Object(
  {
    ...when,
    replay: Type.Object(
      {
        direction: Type.Union([Type.Literal('up'), Type.Literal('down')]),
        recordS: Seconds,
        waitS: Seconds,
        times: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      strict,
    ),
  },
  strict,
);
const PowerForm = Type.Object(
  { ...when, power: Type.Union([Type.Literal('on'), Type.Literal('off')]) },
  strict,
);

const number = Type.Number();
const MissionType = Type.Integer({ minimum: 0, maximum: 2 });
const Item = Type.Object(
  {
    ...{ command: Type.Integer({ minimum: 0, maximum: 65_535 }), frame: Type.Optional(number) },
    ...{ param1: Type.Optional(number), param2: Type.Optional(number), param3: Type.Optional(number) },
    ...{ param4: Type.Optional(number), x: Type.Optional(Type.Integer()), y: Type.Optional(Type.Integer()) },
    z: Type.Optional(number),
  },
  strict,
);
/** Frame 3 is relative to home. */
const ITEM_DEFAULTS = { frame: 3, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 };
const ACTIONS = {
  mode: Type.Object({ kind: Type.Literal('mode'), customMode: Type.Integer({ minimum: 0 }) }, strict),
  arm: Type.Object({ kind: Type.Literal('arm') }, strict),
  disarm: Type.Object({ kind: Type.Literal('disarm'), force: Type.Optional(Type.Boolean()) }, strict),
  return: Type.Object({ kind: Type.Literal('return') }, strict),
  land: Type.Object({ kind: Type.Literal('land') }, strict),
  'clear-mission': Type.Object(
    { kind: Type.Literal('clear-mission'), missionType: Type.Optional(MissionType) },
    strict,
  ),
  'upload-mission': Type.Object(
    { kind: Type.Literal('upload-mission'), items: Type.Optional(Type.Array(Item)) },
    strict,
  ),
  command: Type.Object(
    {
      kind: Type.Literal('command'),
      command: Type.Integer({ minimum: 0, maximum: 65_535 }),
      params: Type.Optional(Type.Array(number, { maxItems: 7 })),
    },
    strict,
  ),
  parameter: Type.Object({ kind: Type.Literal('parameter'), name: Type.String(), value: number }, strict),
} satisfies Record<RogueAction['kind'], object>;
const ACTION_CHECKS = new Map(Object.entries(ACTIONS).map(([kind, schema]) => [kind, checkerOf(schema)]));

const CHECKS = {
  fault: checkerOf(FaultForm),
  clear: checkerOf(ClearForm),
  rogue: checkerOf(RogueForm),
  twin: checkerOf(TwinForm),
  replay: checkerOf(ReplayForm),
  power: checkerOf(PowerForm),
} as const;
const KINDS = ['fault', 'clear', 'rogue', 'twin', 'replay', 'power'] as const;

/** From a value that was parsed already. @param where for the message. @throws SimError `sim.script-invalid` */
export function parseFaultScript(content: unknown, where: string): FaultScript {
  return listIn(content, 'faults', where).map((entry, index) =>
    parseEntry(entry, `${where}, entry ${index + 1}`),
  );
}

/** @throws SimError `sim.script-file`, `sim.script-invalid` */
export async function readFaultScript(path: string): Promise<FaultScript> {
  return parseFaultScript(await readScriptFile(path), path);
}

function parseEntry(entry: unknown, where: string): FaultEntry {
  const has = new Set(typeof entry === 'object' && entry !== null ? Object.keys(entry) : []);
  const [kind, second] = KINDS.filter((name) => has.has(name));
  if (kind === undefined || second !== undefined) {
    throw new SimError('sim.script-invalid', `${where} must have exactly one of ${KINDS.join(', ')}`);
  }
  switch (kind) {
    case 'fault': {
      const { atS, vehicles = 'all', fault } = CHECKS.fault(entry, where);
      return { kind, atS, vehicles, fault: parseVehicleFault(fault, `${where}: fault`) };
    }
    case 'clear': {
      const { atS, vehicles = 'all', clear } = CHECKS.clear(entry, where);
      const known = FAULT_KINDS.find((name) => name === clear);
      if (known !== undefined) return { kind, atS, vehicles, clear: known };
      const message = `${where}: clear is "${clear}"; allowed are ${FAULT_KINDS.join(', ')}`;
      throw new SimError('sim.script-invalid', message);
    }
    case 'rogue': {
      const { atS, vehicles = 'all', rogue } = CHECKS.rogue(entry, where);
      const { steps, ...from } = rogue;
      return {
        kind,
        atS,
        vehicles,
        ...from,
        steps: steps.map((step, index) => parseStep(step, `${where}: step ${index + 1}`)),
      };
    }
    case 'twin': {
      const { atS, vehicles = 'all', twin } = CHECKS.twin(entry, where);
      return { kind, atS, vehicles, ...twin };
    }
    case 'replay': {
      const { atS, vehicles = 'all', replay } = CHECKS.replay(entry, where);
      return { kind, atS, vehicles, replay };
    }
    case 'power': {
      const { atS, vehicles = 'all', power } = CHECKS.power(entry, where);
      return { kind, atS, vehicles, power };
    }
  }
}

type StepForm = Static<typeof RogueForm>['rogue']['steps'][number];

function parseStep(step: StepForm, where: string): RogueStep {
  const check = ACTION_CHECKS.get(step.action.kind);
  if (check === undefined) {
    const allowed = Object.keys(ACTIONS).join(', ');
    throw new SimError(
      'sim.script-invalid',
      `${where}: action.kind is "${step.action.kind}"; allowed are ${allowed}`,
    );
  }
  const action = check(step.action, `${where}: action`);
  if (action.kind !== 'upload-mission') return { ...step, action };
  const { kind, items } = action;
  if (items === undefined) return { ...step, action: { kind } };
  return { ...step, action: { kind, items: items.map((item) => ({ ...ITEM_DEFAULTS, ...item })) } };
}
