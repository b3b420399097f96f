import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addPlanCommand } from './plan.ts';
import { addVerifyCommand } from './verify.ts';

const AREA = JSON.stringify({
  type: 'Polygon',
  coordinates: [
    [
      [110.29, 25.28],
      [110.294, 25.28],
      [110.294, 25.284],
      [110.29, 25.284],
      [110.29, 25.28],
    ],
  ],
});
let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airgrid-verify-'));
  writeFileSync(join(folder, 'area.geojson'), AREA);
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true, force: true });
});

async function airgrid(...args: string[]): Promise<number> {
  process.exitCode = 0;
  const program = new Command('airgrid').exitOverride();
  addPlanCommand(program);
  addVerifyCommand(program);
  await program.parseAsync(
    args.map((arg) => arg.replace('@', `${folder}/`)),
    { from: 'user' },
  );
  return Number(process.exitCode);
}

test.each(['plan', 'waypoints', 'kml', 'gpx', 'geojson'])(
  'what airgrid plan writes as .%s is read again',
  async (ending) => {
    expect(await airgrid('plan', '@area.geojson', '--out', `@a.${ending}`)).toBe(0);
    const code = await airgrid(
      'verify',
      `@a.${ending}`,
      '--area',
      '@area.geojson',
      '--swath',
      '65',
      '--json',
    );
    const report = JSON.parse(out) as {
      ok: boolean;
      checks: { check: string; ok: boolean; state: string; severity: string }[];
    };
    const coverage = report.checks.find(({ check }) => check === 'coverage');
    // A track in GPX or a line on a map has no take-off and no return: that is refused, and nothing else.
    const refused = report.checks
      .filter(({ ok, state, severity }) => !ok && state === 'checked' && severity === 'error')
      .map(({ check }) => check);
    if (ending === 'gpx') {
      expect(code).toBe(1);
      expect(refused).toContain('starts-with-take-off');
    } else {
      expect(refused).toEqual([]);
      expect(coverage).toMatchObject({ ok: true, state: 'checked' });
      expect(code).toBe(0);
    }
  },
);

test('a mission through a no-fly zone is refused with the check that says so', async () => {
  writeFileSync(
    join(folder, 'zones.geojson'),
    JSON.stringify({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: { name: 'School' }, geometry: JSON.parse(AREA) }],
    }),
  );
  await airgrid('plan', '@area.geojson', '--out', '@a.plan');
  expect(await airgrid('verify', '@a.plan', '--zones', '@zones.geojson')).toBe(1);
  expect(out).toMatch(/^REFUSED\s+no-fly\s.*School/m);
  expect(out).toContain('Must not be uploaded.');
});

test('bad options are told with what is allowed', async () => {
  await airgrid('plan', '@area.geojson', '--out', '@a.plan');
  await expect(airgrid('verify', '@a.plan', '--autopilot', 'dji')).rejects.toThrow('ardupilot, px4');
  await expect(airgrid('verify', '@a.plan', '--battery', '0')).rejects.toThrow('1 to 100');
  await expect(airgrid('verify', '@a.plan', '--wind', 'west')).rejects.toThrow('270,6');
  await expect(airgrid('verify', '@area.nothing')).rejects.toThrow('cannot be read');
});
