#!/usr/bin/env node
// The first thing that runs in a fresh clone, so it needs nothing but Node: it installs what is missing, builds what is
// stale and hands over to the command line in dist/. `prepare` does only the first two, `install` only the first.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const LEAST_NODE = [20, 19];
/** Native parts are compiled for one version of Node's binary interface. */
const ABI_STAMP = join(ROOT, 'node_modules', '.airgrid-abi');
const BUILD_STAMP = join(ROOT, 'dist', '.airgrid-built');
/** What the build is made from. */
const SOURCES = ['src', 'firmware-bridge', 'missions', 'sim', 'docs/examples'];
const BUILD_FILES = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'vite.config.ts'];

requireNode();
const [command, ...rest] = process.argv.slice(2);
if (existsSync(join(ROOT, 'package-lock.json')) && existsSync(join(ROOT, 'tsconfig.build.json'))) {
  install();
  if (command !== 'install') build();
}
if (command !== 'prepare' && command !== 'install') {
  process.argv = [process.argv[0], process.argv[1], ...(command === undefined ? [] : [command]), ...rest];
  await import(pathToFileURL(join(ROOT, 'dist', 'src', 'cli', 'main.js')).href);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  fail(
    `Airgrid needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  );
}

function install() {
  const abi = `${process.versions.modules} ${process.platform} ${process.arch}`;
  if (isInstalled() && (read(ABI_STAMP) ?? abi) === abi) return;
  say('Installing the dependencies (once; one or two minutes, longer where native parts are compiled) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(ABI_STAMP, abi);
}

/** Is what npm says it has put into node_modules what the lock file wants? Optional parts are for other platforms. */
function isInstalled() {
  const have = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  const want = readLock(join(ROOT, 'package-lock.json'));
  return Object.entries(want).every(
    ([path, entry]) => path === '' || entry.optional === true || have[path]?.version === entry.version,
  );
}

function readLock(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

function build() {
  const want = hash(
    ...[...SOURCES.flatMap(filesBelow), ...BUILD_FILES].map((file) => `${file}:${fingerprint(file)}`),
  );
  if (read(BUILD_STAMP) === want) return;
  say('Building the server and the console …');
  run('node', [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.build.json']);
  run('node', [bin('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn']);
  writeFileSync(BUILD_STAMP, want);
}

function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function fingerprint(file) {
  const { size, mtimeMs } = statSync(join(ROOT, file));
  return `${size}:${mtimeMs}`;
}

function bin(name, path) {
  return join(ROOT, 'node_modules', name, path);
}

function run(program, args) {
  const shell = process.platform === 'win32' && program === 'npm';
  const { status, error } = spawnSync(program === 'node' ? process.execPath : program, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (error !== undefined) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0)
    fail(`"${program} ${args.join(' ')}" failed (exit ${status}). What it said stands above.`);
}

function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function say(text) {
  process.stderr.write(`airgrid: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
