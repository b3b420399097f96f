import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readScenario } from '../../sim/scenario/read-scenario.ts';
import type { ScenarioReport } from '../../sim/scenario/report.ts';

/**
 * Every scenario on the simulated fleet, by the built command as a user types it. Several at a time: most of a run is
 * waiting for aircraft.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const CLI = join(ROOT, 'dist/src/cli/main.js');
const BUNDLED = join(ROOT, 'sim/scenarios');
const MUST_FAIL = join(import.meta.dirname, 'must-fail.yaml');
/** The runner has both cores for itself (vitest.config.ts); more at a time starve one another when servers start. */
const PARALLEL = 4;
/** On an idle machine of two cores it takes a third of that. */
const ALL_WITHIN_MS = 480_000;

/** The longest first, so that none of them is alone at the end. */
const LONGEST = [
  'server-killed.yaml',
  'loss-30.yaml',
  'reboot-in-line.yaml',
  'divided-area.yaml',
  'incident.yaml',
  'battery-relay.yaml',
];
const rankOf = (name: string): number => (LONGEST.indexOf(name) + LONGEST.length + 1) % (LONGEST.length + 1);

const files = readdirSync(BUNDLED)
  .filter((name) => name.endsWith('.yaml'))
  .sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b));
let folder: string;
let code: number | null;
let output: string;
const reports = new Map<string, ScenarioReport>();

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function airgrid(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const take = (bytes: Buffer) => {
    text += bytes.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((done) => child.once('close', (exitCode) => done({ code: exitCode, output: text })));
}

beforeAll(async () => {
  if (!existsSync(CLI))
    throw new Error('dist/ is not built: run `npm run build` (npm test does it by itself).');
  folder = mkdtempSync(join(tmpdir(), 'airgrid-scenarios-'));
  const json = join(folder, 'report.json');
  const paths = [...files.map((name) => join(BUNDLED, name)), MUST_FAIL];
  ({ code, output } = await airgrid(
    'scenario',
    'run',
    ...paths,
    '--parallel',
    String(PARALLEL),
    '--json',
    json,
  ));
  if (!existsSync(json)) throw new Error(`no report was written:\n${output}`);
  for (const report of JSON.parse(readFileSync(json, 'utf8')) as ScenarioReport[])
    reports.set(report.id, report);
  // For whoever has to find out why a run elsewhere went wrong.
  const kept = process.env.ARTIFACTS_DIR;
  if (kept === undefined) return;
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, 'scenarios.json'), JSON.stringify([...reports.values()], null, 2));
  writeFileSync(join(kept, 'scenarios.txt'), output);
}, ALL_WITHIN_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines of one scenario, for the message of a failure. */
const linesOf = (id: string): string =>
  output
    .split('\n')
    .filter((line) => line.startsWith(`${id} `))
    .join('\n');

describe('on the simulated fleet', () => {
  it.each(files.map((name) => readScenario(join(BUNDLED, name))))(
    '$id: $title',
    ({ id, expect: expected }) => {
      const report = reports.get(id);
      const failed = report?.verdicts.filter(({ ok }) => !ok).map(({ name, figure }) => `${name}: ${figure}`);
      expect(report?.timeline.failure, linesOf(id)).toBeNull();
      expect(failed, linesOf(id)).toEqual([]);
      expect(report?.verdicts.length).toBe(expected.length);
    },
  );

  it('tells what did not come true, and ends with 1', () => {
    const report = reports.get('must-fail');
    expect(report?.timeline.ok).toBe(true);
    expect(report?.verdicts.map(({ ok }) => ok)).toEqual([true, false, false]);
    expect(report?.verdicts[1]?.figure).toBe('it did not fly');
    expect(code).toBe(1);
  });
});

describe('the command', () => {
  it('lists what comes with Airgrid', async () => {
    const { code: listed, output: told } = await airgrid('scenario', 'list');
    expect(listed, told).toBe(0);
    for (const name of files) expect(told).toContain(name.replace('.yaml', ''));
  }, 30_000);

  it('ends with 2 and the line when a file is bad', async () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, readFileSync(MUST_FAIL, 'utf8').replace('do: wait', 'do: pray'));
    const { code: checked, output: told } = await airgrid('scenario', 'check', bad);
    expect(checked, told).toBe(2);
    expect(told).toContain('bad.yaml:10: `do` is "pray"; allowed are patrol, hold');
  }, 30_000);

  it('ends with 2 when an option is bad', async () => {
    const { code: ran, output: told } = await airgrid('scenario', 'run', 'plain-patrol', '--speed', '900');
    expect(ran, told).toBe(2);
    expect(told).toContain('Allowed is a number from 1 to 40.');
  }, 30_000);
});
