/**
 * PX4's events in words, after the metadata that its build writes (`all_events.json`, libevents format version 2).
 * Without it an event has a number, a severity and nothing else: the numbers are hashes of names, and we make none up.
 */
export interface EventWords {
  readonly name: string;
  /** `arming_check`, `health`, `default` … */
  readonly group: string;
  readonly text: string;
}

export interface EventDefinition {
  readonly name: string;
  readonly group: string;
  readonly namespace: string;
  readonly message: string;
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
}

interface EnumDefinition {
  readonly type: string;
  readonly isBitfield: boolean;
  readonly separator: string;
  readonly entries: ReadonlyMap<string, string>;
}

export interface EventDictionary {
  readonly events: ReadonlyMap<number, EventDefinition>;
  /** By `namespace::name`. */
  readonly enums: ReadonlyMap<string, EnumDefinition>;
}

const MAX_TEXT = 500;

/** @throws where the text is no JSON of that format: a wrong file is told at the start, not event by event */
export function parseEventDictionary(json: string): EventDictionary {
  const root = record(JSON.parse(json));
  const components = record(root?.components);
  if (components === null || root?.version !== 2) throw new Error('not an event definition of version 2');
  const events = new Map<number, EventDefinition>();
  const enums = new Map<string, EnumDefinition>();
  for (const [componentId, value] of Object.entries(components)) {
    const component = record(value);
    const namespace = text(component?.namespace);
    for (const [name, one] of entriesOf(component?.enums)) enums.set(`${namespace}::${name}`, enumOf(one));
    for (const [group, content] of entriesOf(component?.event_groups)) {
      for (const [subId, event] of entriesOf(record(content)?.events)) {
        const id = Number(componentId) * 2 ** 24 + (Number(subId) & 0xffffff);
        events.set(id, { ...definitionOf(event), group, namespace });
      }
    }
  }
  return { events, enums };
}

/** Null: this event is not in the dictionary. */
export function eventInWords(
  dictionary: EventDictionary,
  id: number,
  payload: readonly number[],
): EventWords | null {
  // Component 0 holds what is common to all; the sender's own number stands in front all the same.
  const definition = dictionary.events.get(id) ?? dictionary.events.get(id & 0xffffff);
  if (definition === undefined) return null;
  const bytes = new DataView(Uint8Array.from(payload).buffer);
  const values: { value: number | bigint; type: string }[] = [];
  let at = 0;
  for (const { type } of definition.arguments) {
    const enumName = type.includes('::') ? type : `${definition.namespace}::${type}`;
    const base = dictionary.enums.get(enumName)?.type ?? type;
    const read = READERS[base];
    if (read === undefined) break;
    // MAVLink cuts zeros off at the end.
    const padded = new DataView(new ArrayBuffer(read.bytes));
    for (let i = 0; i < read.bytes; i++) {
      padded.setUint8(i, at + i < bytes.byteLength ? bytes.getUint8(at + i) : 0);
    }
    values.push({ value: read.of(padded), type: enumName });
    at += read.bytes;
  }
  const words = plain(definition.message).replace(
    /\\([{}\\<>])|\{(\d+)(?::(?:\.(\d+))?([^}]*))?\}/g,
    (
      whole,
      escaped: string | undefined,
      index: string,
      digits: string | undefined,
      unit: string | undefined,
    ) => {
      if (escaped !== undefined) return escaped;
      const argument = values[Number(index) - 1];
      if (argument === undefined) return whole;
      return `${shown(argument.value, digits, dictionary.enums.get(argument.type))}${unitOf(unit)}`;
    },
  );
  return { name: definition.name, group: definition.group, text: words.slice(0, MAX_TEXT) };
}

function shown(
  value: number | bigint,
  digits: string | undefined,
  names: EnumDefinition | undefined,
): string {
  if (names !== undefined) {
    if (!names.isBitfield) return names.entries.get(String(value)) ?? String(value);
    const set = [...names.entries].filter(([bit]) => (BigInt(value) & BigInt(bit)) !== 0n);
    return set.map(([, name]) => name).join(names.separator);
  }
  if (digits !== undefined && typeof value === 'number') return value.toFixed(Math.min(9, Number(digits)));
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
  return String(value);
}

/** `m` and `m_v` are written as they are meant, without the v for "vertical". */
function unitOf(unit: string | undefined): string {
  if (unit === undefined || unit === '') return '';
  return unit === 'C' ? ' °C' : ` ${unit.replace(/_v$/, '')}`;
}

/** Tags off; what a profile, a parameter or a link encloses stays. */
function plain(message: string): string {
  return message.replace(/(?<!\\)<\/?[A-Za-z][^>]*>/g, '');
}

const READERS: Readonly<Record<string, { bytes: number; of: (view: DataView) => number | bigint }>> = {
  uint8_t: { bytes: 1, of: (view) => view.getUint8(0) },
  int8_t: { bytes: 1, of: (view) => view.getInt8(0) },
  uint16_t: { bytes: 2, of: (view) => view.getUint16(0, true) },
  int16_t: { bytes: 2, of: (view) => view.getInt16(0, true) },
  uint32_t: { bytes: 4, of: (view) => view.getUint32(0, true) },
  int32_t: { bytes: 4, of: (view) => view.getInt32(0, true) },
  uint64_t: { bytes: 8, of: (view) => view.getBigUint64(0, true) },
  int64_t: { bytes: 8, of: (view) => view.getBigInt64(0, true) },
  float: { bytes: 4, of: (view) => view.getFloat32(0, true) },
};

function definitionOf(value: unknown): Pick<EventDefinition, 'name' | 'message' | 'arguments'> {
  const event = record(value);
  const list: readonly unknown[] = Array.isArray(event?.arguments) ? event.arguments : [];
  return {
    name: text(event?.name),
    message: text(event?.message),
    arguments: list.map((argument) => ({
      name: text(record(argument)?.name),
      type: text(record(argument)?.type),
    })),
  };
}

function enumOf(value: unknown): EnumDefinition {
  const one = record(value);
  return {
    type: text(one?.type),
    isBitfield: one?.is_bitfield === true,
    separator: text(one?.separator) || '|',
    entries: new Map(
      entriesOf(one?.entries)
        .filter(([key]) => /^\d+$/.test(key))
        .map(([key, entry]) => [key, text(record(entry)?.description) || text(record(entry)?.name)]),
    ),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

const entriesOf = (value: unknown): readonly [string, unknown][] => Object.entries(record(value) ?? {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Without a dictionary: the few whose names are known. An event's number is its component and 24 bits of FNV-1a over
 * its name; that these are the numbers was seen in a recorded flight of a PX4 (v1.17 line). The words are ours.
 */
const KNOWN: Readonly<Record<string, string>> = {
  commander_armed_by: 'Armed',
  commander_disarmed_by: 'Disarmed',
  commander_takeoff_detected: 'Take-off detected',
  commander_landing_detected: 'Landing detected',
  check_modes_mission: 'No valid mission',
  rtl_land_at_destination: 'Return: landing at the destination',
};

const KNOWN_BY_NUMBER = new Map(
  Object.entries(KNOWN).map(([name, words]) => [eventNumber(name), { name, words }]),
);
const AUTOPILOT = 1;

/** Null: neither name nor words are known. */
export function knownEvent(id: number): { readonly name: string; readonly words: string } | null {
  return id >>> 24 === AUTOPILOT ? (KNOWN_BY_NUMBER.get(id & 0xffffff) ?? null) : null;
}

function eventNumber(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash & 0xffffff;
}
