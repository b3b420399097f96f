import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { compare } from './compare.ts';
import type { Figures } from './figures.ts';
import { flightFigures } from './flight-figures.ts';
import { type FlightRun, type ProtocolRun, runFlight, runProtocol } from './measure.ts';
import { type ComparedPair, calibrationPage } from './page.ts';
import { pathDistance } from './path-distance.ts';
import { type Family, realSubject, type SubjectKind, simulatedSubject } from './subject.ts';

interface Options {
  readonly out?: string;
  readonly json?: boolean;
  readonly runs: string;
  readonly only?: string;
  readonly reuse?: boolean;
  readonly flightSpeedup: string;
}

const FAMILIES = ['ardupilot', 'px4'] as const;
const PARTS = ['protocol', 'flight'] as const;

/**
 * `npm run calibrate`: measures the simulated aircraft and the autopilots of this machine one after the other, and writes
 * both side by side. Every run is kept as a file in `--runs`, so that single ones can be repeated.
 */
async function main(argv: readonly string[]): Promise<void> {
  const options = new Command('calibrate')
    .description('The simulated aircraft beside the real autopilots: ARDUPILOT_SITL and PX4_SITL name them.')
    .option('--out <file>', 'write the page there (docs/calibration.md); without it to standard output')
    .option('--json', 'the figures as JSON instead of a page')
    .option('--runs <folder>', 'where every run is kept', 'artifacts/calibration')
    .option(
      '--only <runs>',
      'measure only these, e.g. real-px4.flight,simulated-px4.flight; the rest is read',
    )
    .option('--reuse', 'measure only what has no file yet')
    .option('--flight-speedup <factor>', 'how much faster than life the mission is flown', '4')
    .parse(argv)
    .opts<Options>();
  const folder = resolve(options.runs);
  mkdirSync(folder, { recursive: true });
  const pairs: ComparedPair[] = [];
  const missing: string[] = [];
  for (const family of FAMILIES) {
    const real = realSubject(family, process.env);
    if ('missing' in real)
      missing.push(`${family === 'px4' ? 'PX4' : 'ArduPilot'} is not compared: ${real.missing}`);
    for (const kind of [simulatedSubject(family), ...('missing' in real ? [] : [real])]) {
      for (const part of PARTS) await measureOne(kind, part, folder, options);
    }
    const pair = comparePair(family, folder);
    if (pair !== null) pairs.push(pair);
  }
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ calibration: pairs, missing })}\n`);
    return;
  }
  const page = calibrationPage({
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    node: process.versions.node,
    airgridVersion: revision(),
    pairs,
    missing,
  });
  if (options.out === undefined) process.stdout.write(page);
  else {
    mkdirSync(dirname(resolve(options.out)), { recursive: true });
    writeFileSync(options.out, page);
    say(`written: ${options.out}`);
  }
}

async function measureOne(
  kind: SubjectKind,
  part: (typeof PARTS)[number],
  folder: string,
  { only, reuse, flightSpeedup }: Options,
): Promise<void> {
  const name = `${kind.id}.${part}`;
  const file = join(folder, `${name}.json`);
  if (only !== undefined && !only.split(',').includes(name)) return;
  if (only === undefined && reuse === true && existsSync(file)) return;
  say(`${name} …`);
  const startedMs = performance.now();
  const run = part === 'protocol' ? await runProtocol(kind) : await runFlight(kind, Number(flightSpeedup));
  writeFileSync(file, JSON.stringify(run));
  say(`${name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
}

/** Null when one of the two has no run. */
function comparePair(family: Family, folder: string): ComparedPair | null {
  const protocol = (side: string) => readRun<ProtocolRun>(folder, `${side}-${family}.protocol`);
  const flight = (side: string) => readRun<FlightRun>(folder, `${side}-${family}.flight`);
  const [simulatedFlight, realFlight] = [flight('simulated'), flight('real')];
  const [simulatedProtocol, realProtocol] = [protocol('simulated'), protocol('real')];
  const simulated = figuresOf(simulatedProtocol, simulatedFlight);
  const real = figuresOf(realProtocol, realFlight);
  if (Object.keys(simulated).length === 0 || Object.keys(real).length === 0) return null;
  const apart =
    simulatedFlight === null || realFlight === null
      ? null
      : pathDistance(simulatedFlight.record, realFlight.record);
  const paths = (values: { greatestM: number; meanM: number } | null): Figures =>
    values === null
      ? {}
      : {
          'path.greatestApartM': Number(values.greatestM.toFixed(1)),
          'path.meanApartM': Number(values.meanM.toFixed(2)),
        };
  const version = realProtocol?.firmwareVersion ?? null;
  return {
    family,
    realName: `${family === 'px4' ? 'PX4' : 'ArduCopter'}${version === null ? '' : ` ${version}`}`,
    speedups: { flight: realFlight?.speedup ?? 1 },
    loads: { simulated: simulatedProtocol?.load ?? null, real: realProtocol?.load ?? null },
    sections: compare(
      family,
      { ...simulated, ...paths(apart) },
      // The distance of a path from itself.
      { ...real, ...(apart === null ? {} : paths({ greatestM: 0, meanM: 0 })) },
    ),
  };
}

/** Of a flight they are made again from its track, so that a better figure needs no new flight. */
function figuresOf(protocol: ProtocolRun | null, flight: FlightRun | null): Figures {
  return { ...protocol?.figures, ...(flight === null ? {} : flightFigures(flight.record)) };
}

/** A run of ours, written by this program; null when it was not made. */
function readRun<T>(folder: string, name: string): T | null {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}

/** The commit that is measured; outside of a repository nothing is known. */
function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'of an unknown revision';
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

await main(process.argv);
