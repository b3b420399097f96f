import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import {
  type Autopilot,
  type ElevationModel,
  joinElevation,
  type LonLat,
  type MissionFileResult,
  type MissionItem,
  readMissionFile,
  srtmTile,
  type VehicleClass,
  type VerificationReport,
  verifyMission,
  type Wind,
} from '../../missions/index.ts';
import { loadSettings } from '../config/load-settings.ts';
import { AirgridError } from '../errors.ts';
import { CRS_HELP, chooseCell, parseHome, readBytes, readCells } from './area-file.ts';
import { readZones } from './zones-file.ts';

interface VerifyCommandOptions {
  readonly autopilot?: string;
  readonly class: string;
  readonly home?: string;
  readonly battery: string;
  readonly area?: string;
  readonly cell?: string;
  readonly crs?: string;
  readonly swath?: string;
  readonly zones?: string;
  readonly terrain?: string;
  readonly wind?: string;
  readonly json?: boolean;
}

/** `airgrid verify`: what the independent checker says of a mission file, of whatever program. */
export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'Check a mission file as if it were to be uploaded: every check with its figure and its limit.',
    )
    .argument('<file>', 'QGroundControl .plan, .waypoints, KML, KMZ, GPX or GeoJSON')
    .option('--autopilot <name>', 'ardupilot or px4; default: as the file says, else ardupilot')
    .option('--class <name>', 'copter, plane or vtol', 'copter')
    .option('--home <lon,lat>', 'where it starts; default: as the file says, else its first position')
    .option('--battery <percent>', 'battery at take-off', '100')
    .option('--area <file>', 'area that it has to stay inside (GeoJSON, KML, Shapefile)')
    .option('--cell <id>', 'which cell of it')
    .option('--crs <system>', `coordinates of the area: ${CRS_HELP}`)
    .option('--swath <metres>', 'width that the camera sees: the area must also be covered')
    .option('--zones <file>', 'GeoJSON with no-fly, altitude and privacy zones')
    .option('--terrain <folder>', 'folder of SRTM tiles (N25E110.hgt): heights over the ground are checked')
    .option('--wind <deg,m/s>', 'where the wind comes from, and how strong')
    .option('--json', 'the whole report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid verify cell.plan
  $ airgrid verify survey.waypoints --autopilot px4 --area cell.kml --swath 60
  $ airgrid verify route.plan --zones zones.geojson --terrain /srv/srtm --wind 270,6

Exit code 0: may be uploaded. 1: refused, or not readable.`,
    )
    .action(runVerify);
}

async function runVerify(file: string, options: VerifyCommandOptions): Promise<void> {
  const { aircraft } = loadSettings({ env: process.env, flags: {} });
  const mission = readMissionFile(basename(file), readBytes(file));
  if (mission.kind === 'error') throw new AirgridError('cli.file-unreadable', mission.message);
  for (const issue of mission.issues) say(`${issue.severity}: ${issue.message}`);
  const position = options.home === undefined ? homeOf(mission) : parseHome(options.home);
  const report = await verifyMission({
    plan: mission.plan,
    autopilot: autopilotOf(options.autopilot, mission.firmwareType),
    vehicleClass: oneOf<VehicleClass>(options.class, ['copter', 'plane', 'vtol'], '--class'),
    home: { position, elevationAmslM: null },
    profile: aircraft,
    startMs: null,
    area: areaOf(options),
    zones: options.zones === undefined ? [] : readZones(options.zones),
    elevation: options.terrain === undefined ? null : readTerrain(options.terrain),
    wind: options.wind === undefined ? null : parseWind(options.wind),
    batteryFraction: numberFrom(options.battery, 1, 100, '--battery') / 100,
    otherPlans: [],
  });
  process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : asText(report));
  if (!report.ok || mission.issues.some((issue) => issue.severity === 'error')) process.exitCode = 1;
}

/** One line per check: those that refuse first, what does not apply left out. */
function asText(report: VerificationReport): string {
  const mark = (check: VerificationReport['checks'][number]): string => {
    if (check.ok) return 'ok';
    return check.severity === 'error' ? 'REFUSED' : 'warning';
  };
  const order = ['REFUSED', 'warning', 'ok'];
  const lines = report.checks
    .filter((check) => check.state !== 'not-applicable')
    .map((check) => ({ check, mark: mark(check) }))
    .sort((a, b) => order.indexOf(a.mark) - order.indexOf(b.mark))
    .map((line) => {
      const item = line.check.where?.item ?? null;
      const where = item === null ? '' : ` (item ${item + 1})`;
      return `${line.mark.padEnd(8)} ${line.check.check.padEnd(24)} ${line.check.message}${where}\n`;
    });
  const { durationS, lengthM, energyWh } = report;
  const flight =
    durationS === null || lengthM === null || energyWh === null
      ? 'It cannot be flown on paper.'
      : `${Math.round(lengthM)} m, ${(durationS / 60).toFixed(1)} min, ${Math.round(energyWh)} Wh.`;
  return `${lines.join('')}${report.ok ? 'May be uploaded.' : 'Must not be uploaded.'} ${flight}\n`;
}

function areaOf(options: VerifyCommandOptions): Parameters<typeof verifyMission>[0]['area'] {
  if (options.area === undefined) return null;
  const cell = chooseCell(readCells(options.area, options.crs, say), options.cell, options.area);
  const swathWidthM = options.swath === undefined ? null : numberFrom(options.swath, 1, 2_000, '--swath');
  return { geometry: cell.geometry, ranges: null, swathWidthM };
}

function homeOf(mission: Extract<MissionFileResult, { kind: 'ok' }>): LonLat {
  if (mission.home !== null) return mission.home;
  const first = mission.plan.items.find(({ x, y }: MissionItem) => x !== 0 || y !== 0);
  if (first !== undefined) return { lonDeg: first.y / 1e7, latDeg: first.x / 1e7 };
  throw new AirgridError(
    'config.invalid',
    'The file says nowhere where the flight starts: give --home lon,lat.',
  );
}

/** MAV_AUTOPILOT 12 is PX4. */
function autopilotOf(wanted: string | undefined, firmwareType: number | null): Autopilot {
  if (wanted === undefined) return firmwareType === 12 ? 'px4' : 'ardupilot';
  return oneOf<Autopilot>(wanted, ['ardupilot', 'px4'], '--autopilot');
}

function readTerrain(folder: string): ElevationModel {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /\.hgt$/i.test(name));
  } catch (cause) {
    throw new AirgridError('cli.file-unreadable', `${folder} cannot be read.`, { cause });
  }
  if (names.length === 0) throw new AirgridError('config.invalid', `${folder} holds no .hgt tile.`);
  const tiles = names.map((name) => {
    const result = srtmTile(name, readBytes(join(folder, name)));
    if (result.kind === 'error') throw new AirgridError('config.invalid', result.issue.message);
    return result.tile;
  });
  return joinElevation(tiles);
}

function parseWind(text: string): Wind {
  const [fromDeg = Number.NaN, speedMps = Number.NaN] = text.split(',').map(Number);
  if (fromDeg >= 0 && fromDeg <= 360 && speedMps >= 0 && speedMps <= 60) return { fromDeg, speedMps };
  throw new AirgridError('config.invalid', `--wind is "${text}"; allowed: degrees,m/s, e.g. 270,6.`);
}

function numberFrom(text: string, least: number, most: number, option: string): number {
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new AirgridError('config.invalid', `${option} is "${text}"; allowed: ${least} to ${most}.`);
}

function oneOf<T extends string>(text: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw new AirgridError('config.invalid', `${option} is "${text}"; allowed: ${allowed.join(', ')}.`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
