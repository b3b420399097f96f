import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import {
  missionFile,
  planPatrol,
  verifyPatrol,
  type WritableFormat,
  writeMissionFile,
} from '../../missions/index.ts';
import { loadSettings } from '../config/load-settings.ts';
import { AirgridError } from '../errors.ts';
import { CRS_HELP, chooseCell, parseHome, readCells } from './area-file.ts';

interface PlanOptions {
  readonly cell?: string;
  readonly home?: string;
  readonly altitude: string;
  readonly out?: string;
  readonly crs?: string;
}

const FORMATS: Readonly<Record<string, WritableFormat>> = {
  '.plan': 'qgc-plan',
  '.waypoints': 'waypoints',
  '.txt': 'waypoints',
  '.kml': 'kml',
  '.gpx': 'gpx',
  '.geojson': 'geojson',
};

/** `airgrid plan`: an area in, a mission file for any ground station out. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('Plan the coverage of a cell: GeoJSON, KML or Shapefile in, a mission file out.')
    .argument('<file>', 'grid cells, or a single polygon: GeoJSON, KML, KMZ or zipped Shapefile')
    .option('--cell <id>', 'which cell, when the file has several')
    .option('--home <lon,lat>', 'where the aircraft starts; default: the middle of the cell')
    .option('--altitude <metres>', 'height above home', '60')
    .option('--crs <system>', `coordinates of the file: ${CRS_HELP}`)
    .option(
      '-o, --out <file>',
      'written as .plan, .waypoints, .kml, .gpx or .geojson, by its ending; default: .plan to stdout',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid plan sim/district/sample-district.geojson --cell M0001 --out cell.plan
  $ airgrid plan area.geojson --home 110.29,25.28 --altitude 80 --out area.waypoints
  $ airgrid plan area.geojson > area.plan

Several aircraft are planned as several files: area.plan, area-2.plan, …`,
    )
    .action(runPlan);
}

async function runPlan(file: string, options: PlanOptions): Promise<void> {
  const settings = loadSettings({ env: process.env, flags: {} });
  const cell = chooseCell(readCells(file, options.crs, say), options.cell, file);
  const start = options.home === undefined ? cell.centroid : parseHome(options.home);
  // Heights in the plan are above home; the file formats want a number here all the same.
  const home = { ...start, altitudeAmslM: 0 };
  const { cruiseSpeedMps } = settings.aircraft;
  const altitudeM = Number(options.altitude);
  if (!(altitudeM >= 5 && altitudeM <= settings.patrol.maxRelativeAltitudeM)) {
    const most = settings.patrol.maxRelativeAltitudeM;
    throw new AirgridError('config.invalid', `--altitude is "${options.altitude}"; allowed: 5 to ${most} m.`);
  }
  const plan = planPatrol({
    area: cell.geometry,
    vehicles: [1, 2, 3, 4, 5, 6].map((number) => ({
      vehicleId: `aircraft-${number}`,
      position: start,
      remainingFraction: 1,
      profile: settings.aircraft,
    })),
    defaultProfile: settings.aircraft,
    relativeAltitudeM: altitudeM,
    layerSpacingM: settings.patrol.layerSpacingM,
    maxRelativeAltitudeM: settings.patrol.maxRelativeAltitudeM,
    occupiedAltitudesM: [],
    sideOverlapFraction: settings.patrol.sideOverlapFraction,
  });
  const verdict = await verifyPatrol(cell.geometry, plan, settings.patrol);
  for (const issue of [...plan.issues, ...verdict.issues]) say(`${issue.severity}: ${issue.message}`);
  if (!verdict.ok || plan.sorties.length === 0) {
    throw new AirgridError('cli.plan-failed', 'No plan was written: see the errors above.');
  }
  const format = formatOf(options.out);
  for (const [index, sortie] of plan.sorties.entries()) {
    const written = writeMissionFile(
      format,
      missionFile({
        plan: sortie.plan,
        home,
        name: cell.name,
        cruiseSpeedMps,
        hoverSpeedMps: cruiseSpeedMps,
      }),
    );
    if (written.kind === 'error') throw new AirgridError('cli.plan-failed', written.message);
    for (const issue of written.issues) say(`${issue.severity}: ${issue.message}`);
    const { text } = written;
    if (options.out === undefined) process.stdout.write(text);
    else writeFileSync(numbered(options.out, index), text);
    const minutes = (sortie.durationS / 60).toFixed(1);
    const batteryPct = Math.round(sortie.batteryNeedFraction * 100);
    const target = options.out === undefined ? 'stdout' : numbered(options.out, index);
    say(`${target}: ${Math.round(sortie.lengthM)} m, ${minutes} min, ${batteryPct} % of a battery`);
  }
  say(
    `${cell.name}: ${(verdict.coverageFraction * 100).toFixed(1)} % covered, swath ${plan.swathWidthM.toFixed(0)} m`,
  );
}

function formatOf(out: string | undefined): WritableFormat {
  const format = FORMATS[out === undefined ? '.plan' : extname(out).toLowerCase()];
  if (format !== undefined) return format;
  throw new AirgridError(
    'config.invalid',
    `--out is "${out}"; allowed: a file that ends in .plan, .waypoints, .kml, .gpx or .geojson.`,
  );
}

function numbered(out: string, index: number): string {
  if (index === 0) return out;
  const ending = extname(out);
  return `${out.slice(0, out.length - ending.length)}-${index + 1}${ending}`;
}

/** Messages go to stderr, so that the mission alone is in a pipe. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
