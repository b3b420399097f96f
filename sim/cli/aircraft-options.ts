import { type Command, Option } from 'commander';
import { DEFAULT_STARTUP_S, REALISTIC_STARTUP_S } from '../ardupilot/startup.ts';
import { SimError } from '../errors.ts';
import { readFaultScript } from '../faults/fault-script.ts';
import type { FleetSettings, SimAircraftSpec } from '../fleet-model.ts';
import { readHomes, ringOfHomes } from '../homes.ts';
import { readNetworkScript } from '../network/network-script.ts';
import { FLAVOURS, type Flavour } from '../vehicle/create-vehicle.ts';
import { anySeed, parseFlavours, within } from './option-values.ts';

/** Options that a fleet has with and without sockets. */
export interface AircraftOptions {
  readonly count?: number;
  readonly homes?: string;
  readonly flavour?: readonly Flavour[];
  readonly seed: number;
  readonly firstSysid: number;
  readonly startupS: number;
  readonly realisticStartup?: boolean;
  readonly network?: string;
  readonly faults?: string;
  readonly loss: number;
  readonly duplicates: number;
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly windMps: number;
  readonly windFromDeg: number;
}

export function addAircraftOptions(command: Command): Command {
  return command
    .option(
      '--count <n>',
      'number of aircraft (default: as many as homes or flavours, else 6)',
      within(1, 255, true),
    )
    .option('--homes <file>', 'JSON list of start places; without it a ring near 25.28 N 110.29 E')
    .option(
      '--flavour <list>',
      `${FLAVOURS.join(' | ')}: one for all, a list, or numbers: ${FLAVOURS[0]}:4,${FLAVOURS.at(-1)}:2`,
      parseFlavours,
    )
    .option('--seed <n>', 'the same seed gives the same wind, losses and hardware ids', anySeed, 1)
    .option(
      '--first-sysid <n>',
      'system id of the first aircraft, the others follow',
      within(1, 255, true),
      1,
    )
    .option('--startup-s <s>', 'seconds until an aircraft can be armed', within(0, 600), DEFAULT_STARTUP_S)
    .option('--realistic-startup', `start as slowly as the real one (${REALISTIC_STARTUP_S} s)`)
    .option('--network <file>', 'script of the network (YAML or JSON; docs in sim/README.md)')
    .option('--faults <file>', 'script of faults aboard and around (YAML or JSON)')
    .option('--loss <fraction>', 'share of datagrams lost, each way', within(0, 1), 0)
    .option('--duplicates <fraction>', 'share of datagrams that arrive twice', within(0, 1), 0)
    .option('--delay-ms <ms>', 'delay of datagrams, one way', within(0, 10_000), 0)
    .option('--jitter-ms <ms>', 'added to the delay by chance', within(0, 10_000), 0)
    .option('--wind-mps <mps>', 'steady wind', within(0, 15), 2)
    .addOption(
      new Option('--wind-from-deg <deg>', 'where the wind comes from').argParser(within(0, 360)).default(225),
    );
}

/** @throws SimError `sim.bad-option`, `sim.homes-file`, `sim.script-file`, `sim.script-invalid` */
export async function fleetSettings(options: AircraftOptions): Promise<FleetSettings> {
  const fromDeg = (options.windFromDeg * Math.PI) / 180;
  const { loss: lossFraction, duplicates: duplicateFraction, delayMs, jitterMs } = options;
  return {
    aircraft: await aircraftOf(options),
    seed: options.seed,
    startupS: options.realisticStartup === true ? REALISTIC_STARTUP_S : options.startupS,
    wind: {
      eastMps: -Math.sin(fromDeg) * options.windMps,
      northMps: -Math.cos(fromDeg) * options.windMps,
      gustMps: options.windMps / 4,
    },
    faults: { all: { lossFraction, duplicateFraction, delayMs, jitterMs } },
    ...(options.network === undefined ? {} : { networkScript: await readNetworkScript(options.network) }),
    ...(options.faults === undefined ? {} : { faultScript: await readFaultScript(options.faults) }),
  };
}

async function aircraftOf(options: AircraftOptions): Promise<readonly SimAircraftSpec[]> {
  const fromFile = options.homes === undefined ? null : await readHomes(options.homes);
  const named = options.flavour ?? [];
  const count = options.count ?? fromFile?.length ?? (named.length > 1 ? named.length : 6);
  const homes = fromFile ?? ringOfHomes(count);
  if (homes.length < count) {
    throw new SimError(
      'sim.bad-option',
      `${options.count === undefined ? 'the number of aircraft' : '--count'} is ${count}, but ${options.homes} holds ${homes.length} homes only`,
    );
  }
  if (named.length > 1 && named.length !== count) {
    throw new SimError(
      'sim.bad-option',
      `--flavour names ${named.length} aircraft, but there are ${count}; name as many, or one for all`,
    );
  }
  const last = options.firstSysid + count - 1;
  if (last > 255) {
    // System ids are 8 bits; more aircraft than that need several targets, each with ids of its own.
    throw new SimError(
      'sim.bad-option',
      `--first-sysid ${options.firstSysid} and --count ${count} end at system id ${last}; allowed is up to 255`,
    );
  }
  return homes.slice(0, count).map((home, index) => {
    const flavour = named.length > 1 ? named[index] : named[0];
    const systemId = options.firstSysid + index;
    return flavour === undefined ? { ...home, systemId } : { ...home, systemId, flavour };
  });
}
