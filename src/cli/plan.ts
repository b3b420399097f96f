import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import {
  type GridCell,
  type LonLat,
  parseGridText,
  planPatrol,
  readGrid,
  toQgcPlanText,
  toWaypoints,
  verifyPatrol,
} from '../../missions/index.ts';
import { loadSettings } from '../config/load-settings.ts';
import { AirgridError } from '../errors.ts';

interface PlanOptions {
  readonly cell?: string;
  readonly home?: string;
  readonly altitude: string;
  readonly out?: string;
  readonly crs: string;
}

const CRS = ['wgs84', 'cgcs2000', 'gcj02'] as const;
type Crs = (typeof CRS)[number];

/** `airgrid plan`: GeoJSON in, a mission file for any ground station out. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('Plan the coverage of a cell: GeoJSON in, .plan or .waypoints out.')
    .argument('<file>', 'GeoJSON with grid cells, or a single Polygon')
    .option('--cell <id>', 'which cell, when the file has several')
    .option('--home <lon,lat>', 'where the aircraft starts; default: the middle of the cell')
    .option('--altitude <metres>', 'height above home', '60')
    .option('--crs <system>', `coordinates of the file: ${CRS.join(', ')}`, 'wgs84')
    .option(
      '-o, --out <file>',
      'written as QGroundControl .plan or as .waypoints, by its ending; default: .plan to stdout',
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
  const cell = chooseCell(readCells(file, crsOf(options.crs)), options.cell, file);
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
    const text =
      format === 'waypoints'
        ? toWaypoints(sortie.plan, { home })
        : toQgcPlanText(sortie.plan, { home, cruiseSpeedMps });
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

function readCells(file: string, crs: Crs): readonly GridCell[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AirgridError('cli.file-unreadable', `${file} cannot be read.`, { cause });
  }
  const value = parseJson(text);
  // What is no JSON goes to the grid's reader as it is: that can say in which line it is wrong.
  const result = value === undefined ? parseGridText(text, { crs }) : readGrid(asGrid(value), { crs });
  for (const issue of result.issues) say(`${issue.severity}: ${issue.message}`);
  if (result.cells.length === 0)
    throw new AirgridError('cli.plan-failed', `${file} holds no cell that can be planned.`);
  return result.cells;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A bare polygon, a single feature, or features without grid properties are taken as large cells of their own. */
function asGrid(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value)) return value;
  const { type } = value as { type: unknown };
  if (type === 'Polygon' || type === 'MultiPolygon')
    return asGrid({ type: 'Feature', properties: {}, geometry: value });
  if (type === 'Feature') return asGrid({ type: 'FeatureCollection', features: [value] });
  const features = (value as { features?: unknown }).features;
  if (!Array.isArray(features)) return value;
  const plain = features.every(
    (feature: { properties?: Record<string, unknown> | null }) => feature?.properties?.level === undefined,
  );
  if (!plain) return value;
  return {
    type: 'FeatureCollection',
    features: features.map((feature: { properties?: Record<string, unknown> | null }, index) => {
      const id = `area-${index + 1}`;
      return { ...feature, properties: { id, name: id, ...feature.properties, level: 1 } };
    }),
  };
}

function chooseCell(cells: readonly GridCell[], wanted: string | undefined, file: string): GridCell {
  const only = cells.length === 1 ? cells[0] : undefined;
  const found = wanted === undefined ? only : cells.find((cell) => cell.cellId === wanted);
  if (found !== undefined) return found;
  const some = cells.slice(0, 8).map((cell) => cell.cellId);
  const list = `${some.join(', ')}${cells.length > some.length ? ` and ${cells.length - some.length} more` : ''}`;
  throw new AirgridError(
    'cli.cell-unknown',
    wanted === undefined
      ? `${file} has ${cells.length} cells: choose one with --cell.`
      : `${file} has no cell ${wanted}.`,
    { remedy: `Cells: ${list}` },
  );
}

function parseHome(text: string): LonLat {
  const [lonDeg, latDeg] = text.split(',').map(Number);
  if (lonDeg !== undefined && latDeg !== undefined && Math.abs(lonDeg) <= 180 && Math.abs(latDeg) <= 90) {
    return { lonDeg, latDeg };
  }
  throw new AirgridError(
    'config.invalid',
    `--home is "${text}"; allowed: longitude,latitude in degrees, e.g. 110.29,25.28.`,
  );
}

function crsOf(text: string): Crs {
  const found = CRS.find((crs) => crs === text);
  if (found !== undefined) return found;
  throw new AirgridError('config.invalid', `--crs is "${text}"; allowed: ${CRS.join(', ')}.`);
}

function formatOf(out: string | undefined): 'plan' | 'waypoints' {
  const ending = out === undefined ? '.plan' : extname(out);
  if (ending === '.plan') return 'plan';
  if (ending === '.waypoints' || ending === '.txt') return 'waypoints';
  throw new AirgridError(
    'config.invalid',
    `--out is "${out}"; allowed: a file that ends in .plan or .waypoints.`,
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
