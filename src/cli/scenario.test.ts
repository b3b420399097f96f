import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addScenarioCommand } from './scenario.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airgrid-scenario-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

/** A runner that writes down what it was given and ends with the code that the first argument names. */
const RUNNER = `
import { writeFileSync } from 'node:fs';
writeFileSync(process.env.TOLD_FILE, JSON.stringify(process.argv.slice(2)));
process.disconnect();
process.exitCode = Number(process.argv[2]);
`;

async function run(...args: readonly string[]): Promise<{ code: unknown; told: unknown }> {
  const runner = join(folder, 'runner.mjs');
  const toldFile = join(folder, 'told.json');
  writeFileSync(runner, RUNNER);
  process.env.TOLD_FILE = toldFile;
  const program = new Command().exitOverride();
  addScenarioCommand(program, runner);
  await program.parseAsync(['scenario', ...args], { from: 'user' });
  return { code: process.exitCode, told: JSON.parse(readFileSync(toldFile, 'utf8')) };
}

it.each([0, 1, 2])('hands every argument on and ends with the code %i of the runner', async (code) => {
  const args = [String(code), 'plain-patrol', '--sitl', '--speed', '5', '--help'];
  expect(await run(...args)).toEqual({ code, told: args });
});

it('says that the runner is not built', async () => {
  const program = new Command().exitOverride();
  addScenarioCommand(program, join(folder, 'nothing.js'));
  await expect(program.parseAsync(['scenario', 'list'], { from: 'user' })).rejects.toThrow(
    /scenario runner is not built/,
  );
});
