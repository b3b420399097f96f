import type { GridLevel } from '../model.ts';

/** Words for the levels, as owners of such data write them; compared in lower case, without 网格, blanks and dashes. */
const LEVEL_WORDS: Readonly<Record<string, GridLevel>> = {
  '1': 1,
  l1: 1,
  level1: 1,
  large: 1,
  largecell: 1,
  大: 1,
  一级: 1,
  '1级': 1,
  第一级: 1,
  '2': 2,
  l2: 2,
  level2: 2,
  small: 2,
  smallcell: 2,
  小: 2,
  二级: 2,
  '2级': 2,
  第二级: 2,
  '3': 3,
  l3: 3,
  level3: 3,
  micro: 3,
  microcell: 3,
  微: 3,
  三级: 3,
  '3级': 3,
  第三级: 3,
};

/** The level that a value states: 1–3 as number or text, or one of the usual words. `null` for anything else. */
export function readLevel(value: unknown): GridLevel | null {
  if (value === 1 || value === 2 || value === 3) return value;
  if (typeof value !== 'string') return null;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '')
    .replace(/网格$|格$/, '');
  return Object.hasOwn(LEVEL_WORDS, word) ? (LEVEL_WORDS[word] ?? null) : null;
}

/** What a name of a file, layer or folder may say about its level, the most telling first. */
const NAME_PATTERNS: readonly (readonly [RegExp, GridLevel])[] = [
  [/大网?格|一级|第1级|(?<![a-z])large|(?:^|[^a-z0-9])(?:level[ _-]?|l|lv|lvl)1(?![0-9])/i, 1],
  [/小网?格|二级|第2级|(?<![a-z])small|(?:^|[^a-z0-9])(?:level[ _-]?|l|lv|lvl)2(?![0-9])/i, 2],
  [/微网?格|三级|第3级|(?<![a-z])micro|(?:^|[^a-z0-9])(?:level[ _-]?|l|lv|lvl)3(?![0-9])/i, 3],
];

/** The level that a file, layer or folder name states, such as "微网格.shp" or "grid-level2.geojson"; `null` when none or several. */
export function levelFromName(name: string): GridLevel | null {
  const found = NAME_PATTERNS.filter(([pattern]) => pattern.test(name)).map(([, level]) => level);
  return found.length === 1 ? (found[0] ?? null) : readLevel(name);
}
