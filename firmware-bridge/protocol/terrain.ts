import { buildMessage, TerrainData, type TerrainRequest } from '../codec/messages.ts';

/**
 * The terrain that ArduPilot asks for. A request names the south-west corner of a grid, the spacing of its points and
 * a mask of the 4×4 blocks that are wanted: 8 blocks to the east by 7 to the north, bit 0 in the south-west corner,
 * row by row. Each is answered by one TERRAIN_DATA that repeats corner and spacing exactly, or by none where a height
 * is not known: the vehicle asks again, and flies without rather than with an invented height.
 *
 *   TERRAIN_REQUEST ──► queue (one entry a grid; a newer mask replaces the older) ──► next() at a bounded rate
 *
 * Source: MAVLink terrain protocol; geometry as ArduPilot's AP_Terrain and Location compute it.
 */
export interface GridRequest {
  /** degE7, of the south-west corner, as received. */
  readonly lat: number;
  readonly lon: number;
  /** Metres between two points. */
  readonly gridSpacing: number;
  readonly mask: bigint;
}

export interface TerrainQueue {
  readonly grids: readonly GridRequest[];
}

export const EMPTY_QUEUE: TerrainQueue = { grids: [] };

const BLOCKS_EAST = 8;
const BLOCKS_NORTH = 7;
const BLOCK = 4;
const ALL_BLOCKS = (1n << BigInt(BLOCKS_EAST * BLOCKS_NORTH)) - 1n;
/** A vehicle asks for one grid at a time; a few along its way are the most that is fresh. */
const MAX_GRIDS = 8;
/** AP_Terrain: 1e-7° of latitude in metres, from a sphere of 6,378,100 m. */
const M_PER_E7 = 0.011131884502145034;
const SMALLEST_SCALE = 0.01;

export function gridOf(message: TerrainRequest): GridRequest {
  const { lat, lon, gridSpacing } = message;
  return { lat, lon, gridSpacing, mask: BigInt(message.mask) & ALL_BLOCKS };
}

/** Nonsense is not queued: a spacing of 0 has no grid, a place off the globe no height. */
export function withRequest(queue: TerrainQueue, grid: GridRequest): TerrainQueue {
  const isSane =
    grid.gridSpacing > 0 && Math.abs(grid.lat) <= 900_000_000 && Math.abs(grid.lon) <= 1_800_000_000;
  if (!isSane || grid.mask === 0n) return queue;
  const others = queue.grids.filter((other) => !isSameGrid(other, grid));
  return { grids: [...others, grid].slice(-MAX_GRIDS) };
}

/** The next block of the newest grid: that is where the vehicle is now. */
export function takeBlock(queue: TerrainQueue): {
  readonly queue: TerrainQueue;
  readonly block: { readonly grid: GridRequest; readonly bit: number } | null;
} {
  const grid = queue.grids.at(-1);
  if (grid === undefined) return { queue, block: null };
  let bit = 0;
  while (((grid.mask >> BigInt(bit)) & 1n) === 0n) bit++;
  const mask = grid.mask & ~(1n << BigInt(bit));
  const rest = queue.grids.slice(0, -1);
  return { queue: { grids: mask === 0n ? rest : [...rest, { ...grid, mask }] }, block: { grid, bit } };
}

/** North and east of the grid's corner, row by row from the south-west: 16 points. */
export function blockPoints(
  grid: GridRequest,
  bit: number,
): readonly { readonly lonDeg: number; readonly latDeg: number }[] {
  const north0 = Math.floor(bit / BLOCKS_EAST) * BLOCK;
  const east0 = (bit % BLOCKS_EAST) * BLOCK;
  return Array.from({ length: BLOCK * BLOCK }, (_, index) => {
    const northM = (north0 + Math.floor(index / BLOCK)) * grid.gridSpacing;
    const eastM = (east0 + (index % BLOCK)) * grid.gridSpacing;
    return offset(grid, northM, eastM);
  });
}

/** @returns null where one of the heights is not known, or does not fit */
export function blockMessage(
  grid: GridRequest,
  bit: number,
  heightAmslM: (lonDeg: number, latDeg: number) => number | null,
): TerrainData | null {
  const data: number[] = [];
  for (const point of blockPoints(grid, bit)) {
    const height = heightAmslM(point.lonDeg, point.latDeg);
    if (height === null || !(Math.abs(height) < 32_767)) return null;
    data.push(Math.round(height));
  }
  const { lat, lon, gridSpacing } = grid;
  return buildMessage(TerrainData, { lat, lon, gridSpacing, gridbit: bit, data });
}

/** A degree of longitude is as long as at the latitude half way (Location::offset). */
function offset(grid: GridRequest, northM: number, eastM: number): { lonDeg: number; latDeg: number } {
  const northE7 = northM / M_PER_E7;
  const midLatDeg = (grid.lat + northE7 / 2) / 1e7;
  const scale = Math.max(SMALLEST_SCALE, Math.cos((midLatDeg * Math.PI) / 180));
  const lonDeg = (grid.lon + eastM / M_PER_E7 / scale) / 1e7;
  return { latDeg: (grid.lat + northE7) / 1e7, lonDeg: lonDeg >= 180 ? lonDeg - 360 : lonDeg };
}

function isSameGrid(a: GridRequest, b: GridRequest): boolean {
  return a.lat === b.lat && a.lon === b.lon && a.gridSpacing === b.gridSpacing;
}
