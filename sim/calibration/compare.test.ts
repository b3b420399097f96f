import { describe, expect, it } from 'vitest';
import { compare, compareRow, tally } from './compare.ts';
import { calibrationPage } from './page.ts';
import { type Row, SECTIONS, type Tolerance } from './rows.ts';

const row = (tolerance: Tolerance, id = 'x.y'): Row => ({ id, title: 'a row', unit: 's', tolerance });
const within = (absolute: number, relative = 0) => row({ kind: 'within', absolute, relative });
const equal = row({ kind: 'equal' });

describe('a verdict', () => {
  it.each([
    ['inside of the tolerance', within(1), 10, 11, 'same'],
    ['at its edge', within(1), 10, 11.0, 'same'],
    ['outside', within(1), 10, 11.1, 'to-mend'],
    ['inside of a share of the real one', within(0, 0.1), 91, 100, 'same'],
    ['outside of that share', within(0, 0.1), 89, 100, 'to-mend'],
    ['the same words', equal, 'failed: "no"', 'failed: "no"', 'same'],
    ['other words', equal, 'failed', 'denied', 'to-mend'],
    ['words where a number was expected', within(1), 3, 'failed', 'to-mend'],
    ['neither has it', within(1), null, null, 'not-measured'],
    ['one has it', within(1), 3, null, 'not-measured'],
    [
      'different, and it shall be',
      row({ kind: 'within', absolute: 1, relative: 0 }, 'flight.batteryMah'),
      1000,
      2000,
      'on-purpose',
    ],
    // A reason for being different is no reason to say so when it is not.
    [
      'the same, though it might differ',
      row({ kind: 'within', absolute: 1, relative: 0 }, 'flight.batteryMah'),
      2000,
      2000,
      'same',
    ],
  ] as const)('%s', (_name, of, simulated, real, kind) => {
    expect(compareRow('ardupilot', of, simulated, real).verdict.kind).toBe(kind);
  });

  it('has no figure twice, and every figure a row only when somebody measured it', () => {
    const ids = SECTIONS.flatMap(({ rows }) => rows.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    const compared = compare('px4', { 'land.rate3to1Mps': 0.7 }, { 'land.rate3to1Mps': 0.71 });
    expect(compared.flatMap(({ rows }) => rows.map((r) => r.row.id))).toEqual(['land.rate3to1Mps']);
  });
});

describe('the page', () => {
  const sections = compare(
    'ardupilot',
    { 'flight.climbRateMps': 1.9, 'mission.asksWith': 'A|B', 'flight.batteryMah': 1000 },
    { 'flight.climbRateMps': 0.5, 'mission.asksWith': 'A|B', 'flight.batteryMah': 2000 },
  );
  const page = calibrationPage({
    ...{ date: '2026-11-24', machine: '2 × a processor', node: '20.1', airgridVersion: 'abc' },
    missing: ['PX4 is not compared: it is not here.'],
    pairs: [
      {
        family: 'ardupilot',
        realName: 'ArduCopter 4.7.0',
        speedups: { flight: 4 },
        loads: { simulated: 0.5, real: null },
        sections,
      },
    ],
  });

  it('shows both, the difference and the verdict', () => {
    expect(page).toContain('| climb (m/s) | 1.9 | 0.5 | +1.4 | **to mend** |');
    expect(page).toMatch(/\| charge used \(mAh\) \| 1000 \| 2000 \| -1000 \| on purpose: /);
    expect(page).toContain('A\\|B');
    expect(page).toContain('1 rows are the same, 1 differ on purpose, 1 are to mend.');
    expect(tally(sections)).toEqual({ same: 1, 'on-purpose': 1, 'to-mend': 1, 'not-measured': 0 });
  });

  it('says when, where, of which version, by which command, and what is missing', () => {
    for (const words of [
      '2026-11-24',
      '2 × a processor',
      'Node 20.1',
      'abc',
      'npm run calibrate',
      'ArduCopter 4.7.0',
    ]) {
      expect(page).toContain(words);
    }
    expect(page).toContain('PX4 is not compared: it is not here.');
  });
});
