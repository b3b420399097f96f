import type { Place } from './schema-parts.ts';

/** A `when:` of the timeline, read. What is not said to be true is what the operator's console shows. */
export type Condition =
  | { readonly kind: 'all'; readonly what: 'ready' | 'landed' }
  | { readonly kind: 'drone'; readonly drone: string; readonly what: DroneWord }
  /** Where it really is, whatever the console knows: for the time in which there is none. */
  | { readonly kind: 'truth'; readonly drone: string; readonly what: 'landed' | 'airborne' | 'armed' }
  | { readonly kind: 'mode'; readonly drone: string; readonly mode: string }
  | { readonly kind: 'sortie'; readonly drone: string; readonly state: string }
  | {
      readonly kind: 'figure';
      readonly drone: string;
      readonly figure: 'battery' | 'height' | 'progress';
      readonly compare: Compare;
      readonly value: number;
    }
  | { readonly kind: 'near'; readonly drone: string; readonly withinM: number; readonly place: Place }
  | { readonly kind: 'patrol'; readonly patrol: string; readonly state: string }
  | {
      readonly kind: 'patrol-progress';
      readonly patrol: string;
      readonly compare: Compare;
      readonly value: number;
    }
  | { readonly kind: 'notice'; readonly code: string; readonly drone: string | null };

export type Compare = '<' | '<=' | '>' | '>=';
export const DRONE_WORDS = ['ready', 'online', 'lost', 'armed', 'disarmed', 'in-air', 'on-ground'] as const;
export type DroneWord = (typeof DRONE_WORDS)[number];
const MODES = ['manual', 'hold', 'guided', 'mission', 'return', 'land', 'takeoff', 'other'];
export const SORTIE_STATES = [
  ...['preparing', 'launching', 'on-patrol', 'held', 'returning', 'landing'],
  ...['done', 'partly-done', 'failed'],
];
const PATROL_STATES = [...SORTIE_STATES, 'running', 'over'];

/** The forms, for messages and docs/scenarios.md. */
export const CONDITION_FORMS = [
  'all ready · all landed',
  `D-01 is ${DRONE_WORDS.join('|')}`,
  'D-01 is truly landed|airborne|armed',
  `D-01 mode is ${MODES.join('|')}`,
  `D-01 sortie is ${SORTIE_STATES.join('|')}`,
  'D-01 battery|height|progress < | <= | > | >= NUMBER',
  'D-01 within METRES m of EAST,NORTH',
  'patrol p1 is STATE (any of its sorties; over: the patrol has ended)',
  'patrol p1 progress >= NUMBER (mean of its sorties)',
  'notice CODE [of D-01] (since the step before)',
];

const DRONE = '([A-Z]{1,4}-[0-9]{2,3})';
const NUMBER = '(-?[0-9]+(?:\\.[0-9]+)?)';
const isOne = <T extends string>(words: readonly T[], word: string): word is T =>
  (words as readonly string[]).includes(word);

const FORMS: readonly (readonly [RegExp, (...words: readonly string[]) => Condition | null])[] = [
  [/^all (ready|landed)$/, (what = '') => (isOne(['ready', 'landed'], what) ? { kind: 'all', what } : null)],
  [
    new RegExp(`^${DRONE} is truly (landed|airborne|armed)$`),
    (drone = '', what = '') =>
      isOne(['landed', 'airborne', 'armed'], what) ? { kind: 'truth', drone, what } : null,
  ],
  [
    new RegExp(`^${DRONE} is (\\S+)$`),
    (drone = '', what = '') => (isOne(DRONE_WORDS, what) ? { kind: 'drone', drone, what } : null),
  ],
  [
    new RegExp(`^${DRONE} mode is (\\S+)$`),
    (drone = '', mode = '') => (MODES.includes(mode) ? { kind: 'mode', drone, mode } : null),
  ],
  [
    new RegExp(`^${DRONE} sortie is (\\S+)$`),
    (drone = '', state = '') => (SORTIE_STATES.includes(state) ? { kind: 'sortie', drone, state } : null),
  ],
  [
    new RegExp(`^${DRONE} (battery|height|progress) (<=|>=|<|>) ${NUMBER}$`),
    (drone = '', figure = '', compare = '', value = '') =>
      isOne(['battery', 'height', 'progress'], figure) && isOne(['<', '<=', '>', '>='], compare)
        ? { kind: 'figure', drone, figure, compare, value: Number(value) }
        : null,
  ],
  [
    new RegExp(`^${DRONE} within ${NUMBER} m of ${NUMBER}, ?${NUMBER}$`),
    (drone = '', withinM = '', eastM = '', northM = '') => ({
      kind: 'near',
      drone,
      withinM: Number(withinM),
      place: { eastM: Number(eastM), northM: Number(northM) },
    }),
  ],
  [
    /^patrol (\S+) is (\S+)$/,
    (patrol = '', state = '') => (PATROL_STATES.includes(state) ? { kind: 'patrol', patrol, state } : null),
  ],
  [
    new RegExp(`^patrol (\\S+) progress (<=|>=|<|>) ${NUMBER}$`),
    (patrol = '', compare = '', value = '') =>
      isOne(['<', '<=', '>', '>='], compare)
        ? { kind: 'patrol-progress', patrol, compare, value: Number(value) }
        : null,
  ],
  [
    new RegExp(`^notice ([a-z][a-z.-]+)(?: of ${DRONE})?$`),
    (code = '', drone) => ({ kind: 'notice', code, drone: drone ?? null }),
  ],
];

/** Reads `patrol p1 is on-patrol`. @returns null when it is none of the forms */
export function parseCondition(text: string): Condition | null {
  const words = text.trim().replace(/\s+/g, ' ');
  for (const [pattern, build] of FORMS) {
    const match = pattern.exec(words);
    if (match === null) continue;
    const condition = build(...match.slice(1));
    if (condition !== null) return condition;
  }
  return null;
}

export function holds(value: number, compare: Compare, limit: number): boolean {
  switch (compare) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}
