import { type ComparedRow, type ComparedSection, tally, type Verdict } from './compare.ts';
import type { FigureValue } from './figures.ts';
import type { Family } from './subject.ts';

/** One pair that was measured, for the page. */
export interface ComparedPair {
  readonly family: Family;
  /** `ArduCopter 4.7.0`. */
  readonly realName: string;
  readonly speedups: { readonly flight: number };
  /** Of the machine while each protocol was measured; null when not known. */
  readonly loads: { readonly simulated: number | null; readonly real: number | null };
  readonly sections: readonly ComparedSection[];
}

export interface PageFacts {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly airgridVersion: string;
  readonly pairs: readonly ComparedPair[];
  /** What could not be measured here, and why. */
  readonly missing: readonly string[];
}

export const COMMAND = 'npm run calibrate -- --out docs/calibration.md';

/** docs/calibration.md. The whole page: nothing in it is written by hand. */
export function calibrationPage(facts: PageFacts): string {
  return [
    '# Calibration: the simulated aircraft beside the real autopilots',
    '',
    `<!-- Made by \`${COMMAND}\`: change sim/calibration, or what it measures, and run it again. -->`,
    '',
    'The same mission, the same questions and the same bad manners, put to the simulated aircraft of `airgrid sim` and to the',
    'real autopilots in their own simulations (ArduPilot SITL, PX4 SIH), side by side. A row is *same* when both are within',
    'the tolerance of `sim/calibration/rows.ts`; *on purpose* when the simulator decided otherwise and says why; else *to mend*.',
    '',
    '```',
    'export ARDUPILOT_SITL=…/build/sitl/bin/arducopter PX4_SITL=…/build/px4_sitl_default',
    COMMAND,
    '```',
    '',
    `Measured on ${facts.date}, ${facts.machine}, Node ${facts.node}, Airgrid ${facts.airgridVersion}.`,
    ...facts.missing.map((line) => `\n${line}`),
    '',
    ...facts.pairs.flatMap(pairLines),
  ].join('\n');
}

function pairLines(pair: ComparedPair): readonly string[] {
  const count = tally(pair.sections);
  return [
    `## ${pair.family === 'px4' ? 'PX4' : 'ArduPilot Copter'}: simulated and ${pair.realName}`,
    '',
    `${count.same} rows are the same, ${count['on-purpose']} differ on purpose, ${count['to-mend']} are to mend` +
      `${count['not-measured'] === 0 ? '' : `, ${count['not-measured']} were measured on one side only`}.`,
    `Protocol at the speed of life, the flight at ${pair.speedups.flight} times its speed. Load of the machine (one minute)`,
    `while the protocol was measured: simulated ${load(pair.loads.simulated)}, real ${load(pair.loads.real)}; on a busy one`,
    'every answer waits for a core, and times of milliseconds say little.',
    '',
    ...pair.sections.flatMap(({ section, rows }) => [
      `### ${section.title}`,
      '',
      section.about,
      '',
      '| | simulated | real | difference | verdict |',
      '|---|---|---|---|---|',
      ...rows.map(rowLine),
      '',
    ]),
  ];
}

function load(value: number | null): string {
  return value === null ? 'not known' : value.toFixed(1);
}

function rowLine({ row, simulated, real, difference, verdict }: ComparedRow): string {
  const unit = row.unit === '' ? '' : ` (${row.unit})`;
  const cells = [
    `${row.title}${unit}`,
    cell(simulated),
    cell(real),
    difference === null ? '' : signed(difference),
    verdictText(verdict),
  ];
  return `| ${cells.join(' | ')} |`;
}

function cell(value: FigureValue): string {
  if (value === null) return '–';
  return String(value).replaceAll('|', '\\|');
}

function signed(difference: number): string {
  const text = Number(difference.toFixed(2));
  return text > 0 ? `+${text}` : String(text);
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'same':
      return 'same';
    case 'on-purpose':
      return `on purpose: ${verdict.why}`;
    case 'to-mend':
      return '**to mend**';
    case 'not-measured':
      return 'one side only';
  }
}
