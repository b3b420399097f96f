import type { GridLevel, ResponsiblePerson } from '../model.ts';
import { ALIASES, type Heading, isBlank, squeeze } from './headings.ts';
import type { IssueList, IssuePlace } from './issues.ts';
import { readLevel } from './levels.ts';
import { readFlatPeople, readPeople, text } from './responsible.ts';

/** What the reader takes from a feature's properties, under any of the usual headings. */
export interface CellProperties {
  readonly cellId: string | null;
  readonly level: GridLevel | null;
  /** The level as found, for the message when it is none. */
  readonly rawLevel: unknown;
  readonly parentId: string | null;
  readonly name: string | null;
  readonly nameEn: string | null;
  readonly sample: boolean;
  /** Every property that was not taken: the people are among them (`readResponsible`). */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** What else may name a cell when its properties do not. */
export interface PropertyHints {
  readonly cellId?: string | null;
  readonly level?: GridLevel | null;
}

/** An empty column that would have been taken says nothing and is no attribute. */
const KNOWN: ReadonlySet<string> = new Set(Object.values(ALIASES).flat());

/** Reads the properties of a feature. `featureId` is the GeoJSON feature's own `id`, used when there is no other. */
export function readProperties(
  properties: Readonly<Record<string, unknown>>,
  featureId: unknown,
  hints: PropertyHints = {},
): CellProperties {
  const keyOf = new Map<string, string>();
  for (const [key, value] of Object.entries(properties)) {
    const squeezed = squeeze(key);
    const before = keyOf.get(squeezed);
    // Of "ID" and "id" the one that holds something counts.
    if (before === undefined || (isBlank(properties[before]) && !isBlank(value))) keyOf.set(squeezed, key);
  }
  const used = new Set<string>();
  const pick = (heading: Heading, accept: (value: unknown) => boolean = () => true): unknown => {
    for (const alias of ALIASES[heading]) {
      const key = keyOf.get(alias);
      const value = key === undefined ? undefined : properties[key];
      if (key === undefined || isBlank(value) || !accept(value)) continue;
      used.add(key);
      return value;
    }
    return undefined;
  };
  const isEmptyKnown = (key: string, value: unknown): boolean => isBlank(value) && KNOWN.has(squeeze(key));
  const cellId = text(pick('id') ?? featureId) ?? hints.cellId ?? null;
  const isLevel = (value: unknown): boolean => readLevel(value) !== null;
  const stated = pick('level', isLevel) ?? pick('levelMaybe', isLevel);
  // A level that is none stays among the attributes; the message says what was found.
  const levelKey =
    stated === undefined
      ? ALIASES.level
          .map((alias) => keyOf.get(alias))
          .find((key) => key !== undefined && !isBlank(properties[key]))
      : undefined;
  const rawLevel = stated ?? (levelKey === undefined ? undefined : properties[levelKey]);
  const parentId = text(pick('parent'));
  const name = text(pick('name'));
  const nameEn = text(pick('nameEn'));
  const sample = pick('sample') === true;
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (!used.has(key) && !isEmptyKnown(key, value)) keep(rest, key, value);
  }
  return {
    cellId,
    level: readLevel(rawLevel) ?? hints.level ?? null,
    rawLevel,
    parentId,
    name,
    nameEn,
    sample,
    rest,
  };
}

/**
 * Takes the responsible people out of the properties that are left: the `responsible` property in any form (list,
 * object, JSON text, plain text) and flat columns such as 网格员 / 网格员电话. What was understood is no attribute
 * any more; everything else stays one.
 */
export function readResponsible(
  rest: Readonly<Record<string, unknown>>,
  issues: IssueList,
  place: IssuePlace,
): { readonly people: readonly ResponsiblePerson[]; readonly attributes: Readonly<Record<string, unknown>> } {
  const attributes: Record<string, unknown> = {};
  const listed: ResponsiblePerson[] = [];
  const flat: Record<string, unknown> = {};
  let entries = 0;
  for (const [key, value] of Object.entries(rest)) {
    if (!PEOPLE_LISTS.has(squeeze(key))) {
      keep(flat, key, value);
      continue;
    }
    const { people, bad, count } = readPeople(value);
    listed.push(...people);
    for (const index of bad) reportBad(issues, place, entries + index);
    entries += count;
    // An entry that could not be read must not get lost.
    if (bad.length > 0) keep(attributes, key, value);
  }
  const columns = readFlatPeople(flat);
  for (let i = 0; i < columns.unnamed; i++) reportBad(issues, place, entries + columns.people.length + i);
  for (const [key, value] of Object.entries(flat)) if (!columns.used.has(key)) keep(attributes, key, value);
  return { people: [...listed, ...columns.people], attributes };
}

const PEOPLE_LISTS: ReadonlySet<string> = new Set([
  'responsible',
  'responsiblepeople',
  'people',
  '责任人员',
  '人员',
]);

function reportBad(issues: IssueList, place: IssuePlace, index: number): void {
  issues.add(
    'grid.bad-responsible',
    place,
    `Entry ${index + 1} of the responsible people has no name; it was left out and stays among the attributes.`,
    { index },
  );
}

/** A key such as "__proto__" from a file must stay data. */
function keep(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
