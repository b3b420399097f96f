import { type Static, Type } from 'typebox';
import { SimError } from '../errors.ts';
import { checkerOf, listIn, readScriptFile } from '../script-file.ts';

/**
 * What happens to the network when, as data: in a file (`--network`), in a scenario, or before real autopilots in the
 * relay. Times are simulated seconds since the fleet started (in the relay real seconds since it started).
 */
const Fraction = Type.Number({ minimum: 0, maximum: 1 });
const Milliseconds = Type.Number({ minimum: 0, maximum: 600_000 });
const strict = { additionalProperties: false } as const;

/** Changes to `NetworkConditions`; what is not named stays. */
export const ConditionsSchema = Type.Object(
  {
    lossFraction: Type.Optional(Fraction),
    burst: Type.Optional(
      Type.Union([
        Type.Null(),
        Type.Object({ enterFraction: Fraction, leaveFraction: Fraction, lossFraction: Fraction }, strict),
      ]),
    ),
    duplicateFraction: Type.Optional(Fraction),
    delayMs: Type.Optional(Milliseconds),
    jitterMs: Type.Optional(Milliseconds),
    reorderFraction: Type.Optional(Fraction),
    reorderMs: Type.Optional(Milliseconds),
    bandwidthBytesPerS: Type.Optional(Type.Union([Type.Null(), Type.Number({ minimum: 1 })])),
    queueBytes: Type.Optional(Type.Number({ minimum: 1 })),
    corruptFraction: Type.Optional(Fraction),
    byteLossFraction: Type.Optional(Fraction),
    byteInsertFraction: Type.Optional(Fraction),
  },
  strict,
);

const SystemId = Type.Integer({ minimum: 1, maximum: 255 });
/** One system id, a list of them, or all (the default). */
export const VehiclesSchema = Type.Union([Type.Literal('all'), SystemId, Type.Array(SystemId)]);
export type Vehicles = Static<typeof VehiclesSchema>;

const when = {
  atS: Type.Number({ minimum: 0 }),
  vehicles: Type.Optional(VehiclesSchema),
};
const span = {
  ...when,
  /** Until the end when it is left out. */
  forS: Type.Optional(Type.Number({ minimum: 0 })),
  direction: Type.Optional(Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('both')])),
};

const ConditionsEntry = Type.Object({ ...span, conditions: ConditionsSchema }, strict);
const CutEntry = Type.Object({ ...span, cut: Type.Literal(true) }, strict);
const AddressChangeEntry = Type.Object(
  {
    ...when,
    /** The old address keeps reaching the aircraft for `oldForS` (default 0) seconds of wall time. */
    addressChange: Type.Object(
      { oldForS: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })) },
      strict,
    ),
  },
  strict,
);

export type ConditionsEntry = Static<typeof ConditionsEntry>;
export type CutEntry = Static<typeof CutEntry>;
export type AddressChangeEntry = Static<typeof AddressChangeEntry>;
export type NetworkEntry = ConditionsEntry | CutEntry | AddressChangeEntry;
export type NetworkScript = readonly NetworkEntry[];

const CHECKS = {
  conditions: checkerOf(ConditionsEntry),
  cut: checkerOf(CutEntry),
  addressChange: checkerOf(AddressChangeEntry),
} as const;
const KINDS = ['conditions', 'cut', 'addressChange'] as const;

/** From a value that was parsed already. @param where for the message. @throws SimError `sim.script-invalid` */
export function parseNetworkScript(content: unknown, where: string): NetworkScript {
  return listIn(content, 'network', where).map((entry, index) =>
    parseEntry(entry, `${where}, entry ${index + 1}`),
  );
}

/** @throws SimError `sim.script-file`, `sim.script-invalid` */
export async function readNetworkScript(path: string): Promise<NetworkScript> {
  return parseNetworkScript(await readScriptFile(path), path);
}

function parseEntry(entry: unknown, where: string): NetworkEntry {
  const has = new Set(typeof entry === 'object' && entry !== null ? Object.keys(entry) : []);
  const [kind, second] = KINDS.filter((name) => has.has(name));
  if (kind === undefined || second !== undefined) {
    throw new SimError('sim.script-invalid', `${where} must have exactly one of ${KINDS.join(', ')}`);
  }
  return CHECKS[kind](entry, where);
}

/** True when the entry is for this system. */
export function concerns(vehicles: Vehicles | undefined, systemId: number | null): boolean {
  if (vehicles === undefined || vehicles === 'all') return true;
  if (systemId === null) return false;
  return typeof vehicles === 'number' ? vehicles === systemId : vehicles.includes(systemId);
}
