import type { GridLevel, ResponsiblePerson } from '../model.ts';
import type { IssueList, IssuePlace } from './issues.ts';

/** What the reader takes from a feature's properties, under any of the usual spellings. */
export interface CellProperties {
  readonly cellId: string | null;
  readonly level: GridLevel | null;
  /** The level as found, for the message when it is none. */
  readonly rawLevel: unknown;
  readonly parentId: string | null;
  readonly name: string | null;
  readonly nameEn: string | null;
  readonly responsible: readonly ResponsiblePerson[];
  readonly sample: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const KEYS = {
  id: ['id', 'cellId', 'cell_id'],
  level: ['level', 'cellLevel', 'cell_level'],
  parent: ['parent', 'parentId', 'parent_id'],
  name: ['name', 'nameZh', 'name_zh'],
  nameEn: ['nameEn', 'name_en'],
  responsible: ['responsible'],
  sample: ['sample'],
} as const;

const KNOWN: ReadonlySet<string> = new Set(Object.values(KEYS).flat());

/** Words for the levels, as owners of such data write them; compared in lower case without 网格/格. */
const LEVEL_WORDS: Readonly<Record<string, GridLevel>> = {
  '1': 1,
  large: 1,
  大: 1,
  一级: 1,
  '2': 2,
  small: 2,
  小: 2,
  二级: 2,
  '3': 3,
  micro: 3,
  微: 3,
  三级: 3,
};

/** Reads the properties of a feature. `featureId` is the GeoJSON feature's own `id`, used when there is no other. */
export function readProperties(
  properties: Readonly<Record<string, unknown>>,
  featureId: unknown,
): CellProperties {
  const pick = (keys: readonly string[]): unknown => {
    for (const key of keys) {
      const value = properties[key];
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  };
  const attributes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    // A key such as "__proto__" from a file must stay data.
    if (!KNOWN.has(key)) Object.defineProperty(attributes, key, { value, enumerable: true });
  }
  const rawLevel = pick(KEYS.level);
  return {
    cellId: text(pick(KEYS.id) ?? featureId),
    level: readLevel(rawLevel),
    rawLevel,
    parentId: text(pick(KEYS.parent)),
    name: text(pick(KEYS.name)),
    nameEn: text(pick(KEYS.nameEn)),
    responsible: [],
    sample: properties.sample === true,
    attributes,
  };
}

function readLevel(value: unknown): GridLevel | null {
  if (value === 1 || value === 2 || value === 3) return value;
  if (typeof value !== 'string') return null;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/网格$|格$/, '');
  return Object.hasOwn(LEVEL_WORDS, word) ? (LEVEL_WORDS[word] ?? null) : null;
}

/**
 * The responsible people: a list of `{name, role, phone}`, or a single one. An entry without a name is left out
 * and reported (`grid.bad-responsible`).
 */
export function readResponsible(
  value: unknown,
  issues: IssueList,
  place: IssuePlace,
): readonly ResponsiblePerson[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  const people: ResponsiblePerson[] = [];
  list.forEach((entry: unknown, index) => {
    const record = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
    const name = text(record.name);
    if (name === null) {
      issues.add(
        'grid.bad-responsible',
        place,
        `Entry ${index + 1} of "responsible" has no name; it was left out.`,
        { index },
      );
      return;
    }
    people.push({ name, role: text(record.role) ?? '', phone: text(record.phone) });
  });
  return people;
}

/** Trimmed text of a string or a finite number; anything else and the empty string are `null`. */
export function text(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}
