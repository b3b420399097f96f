import { type Static, Type } from 'typebox';
import { SimError } from '../errors.ts';
import { VehiclesSchema } from '../network/network-script.ts';
import { checkerOf, listIn, readScriptFile } from '../script-file.ts';

/** What the scripted ground station orders when; `atS` is simulated seconds since power-on. */
const strict = { additionalProperties: false } as const;
const when = { atS: Type.Number({ minimum: 0 }), vehicles: Type.Optional(VehiclesSchema) };
const number = Type.Number();

const FORMS = {
  /** Message id → times a second; 0 stops it. */
  rates: Type.Object(
    {
      ...when,
      rates: Type.Record(
        Type.String({ pattern: '^[0-9]+$' }),
        Type.Number({ minimum: 0, maximum: 1000 }),
        strict,
      ),
    },
    strict,
  ),
  /** Arms and climbs, with the commands of the autopilot that it met. */
  launch: Type.Object(
    { ...when, launch: Type.Object({ heightM: Type.Number({ minimum: 1, maximum: 1000 }) }, strict) },
    strict,
  ),
  /** A square round the start place, north-east of it, with take-off and return. */
  upload: Type.Object(
    {
      ...when,
      upload: Type.Object(
        {
          sideM: Type.Number({ minimum: 1, maximum: 20_000 }),
          heightM: Type.Number({ minimum: 1, maximum: 1000 }),
        },
        strict,
      ),
    },
    strict,
  ),
  start: Type.Object({ ...when, start: Type.Literal(true) }, strict),
  return: Type.Object({ ...when, return: Type.Literal(true) }, strict),
  land: Type.Object({ ...when, land: Type.Literal(true) }, strict),
  mode: Type.Object({ ...when, mode: Type.Integer({ minimum: 0 }) }, strict),
  command: Type.Object(
    {
      ...when,
      command: Type.Object(
        {
          command: Type.Integer({ minimum: 0, maximum: 65_535 }),
          params: Type.Optional(Type.Array(number, { maxItems: 7 })),
        },
        strict,
      ),
    },
    strict,
  ),
} as const;

type Forms = typeof FORMS;
export type StationOrder = { [K in keyof Forms]: Static<Forms[K]> }[keyof Forms];
export type StationScript = readonly StationOrder[];

const KINDS = Object.keys(FORMS) as readonly (keyof Forms)[];
const CHECKS = {
  rates: checkerOf(FORMS.rates),
  launch: checkerOf(FORMS.launch),
  upload: checkerOf(FORMS.upload),
  start: checkerOf(FORMS.start),
  return: checkerOf(FORMS.return),
  land: checkerOf(FORMS.land),
  mode: checkerOf(FORMS.mode),
  command: checkerOf(FORMS.command),
} as const;

/** From a value that was parsed already. @param where for the message. @throws SimError `sim.script-invalid` */
export function parseStationScript(content: unknown, where: string): StationScript {
  return listIn(content, 'orders', where).map((entry, index) =>
    parseOrder(entry, `${where}, entry ${index + 1}`),
  );
}

/** @throws SimError `sim.script-file`, `sim.script-invalid` */
export async function readStationScript(path: string): Promise<StationScript> {
  return parseStationScript(await readScriptFile(path), path);
}

function parseOrder(entry: unknown, where: string): StationOrder {
  const has = new Set(typeof entry === 'object' && entry !== null ? Object.keys(entry) : []);
  const [kind, second] = KINDS.filter((name) => has.has(name));
  if (kind === undefined || second !== undefined) {
    throw new SimError('sim.script-invalid', `${where} must have exactly one of ${KINDS.join(', ')}`);
  }
  return CHECKS[kind](entry, where);
}

/** One flight of everybody: rates, mission, launch, the mission, and home before the time is over. */
export function defaultStationScript(forS: number): StationScript {
  const orders: StationScript = [
    { atS: 1, rates: { 33: 5, 30: 5, 24: 2, 1: 1, 74: 2, 147: 0.5, 245: 1, 2: 1 } },
    { atS: 2, upload: { sideM: 120, heightM: 30 } },
    { atS: 6, launch: { heightM: 25 } },
    { atS: 30, start: true },
    { atS: forS * 0.6, return: true },
  ];
  return orders.filter(({ atS }) => atS < forS);
}
