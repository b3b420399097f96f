import { createFrame } from '../geo/frame.ts';
import type { ElevationModel, LonLat } from '../model.ts';

/** Ground heights at the nodes of a grid in degrees. Rows run from north to south, columns from west to east. */
export interface ElevationGrid {
  readonly westDeg: number;
  readonly northDeg: number;
  readonly stepLonDeg: number;
  readonly stepLatDeg: number;
  readonly columns: number;
  readonly rows: number;
  /** Metres above sea level of node `row * columns + column`; null where nothing is known. */
  heightAt(index: number): number | null;
}

/** A tile: an elevation model with an edge. */
export interface ElevationTile extends ElevationModel {
  readonly westDeg: number;
  readonly southDeg: number;
  readonly eastDeg: number;
  readonly northDeg: number;
  highestAmslM(lonDeg: number, latDeg: number, radiusM: number): number | null;
  /** Highest known node of that part of a disc which lies on the tile (−∞ without one), and whether it has voids. */
  highestOnTile(lonDeg: number, latDeg: number, radiusM: number): HighestOnTile;
}

export interface HighestOnTile {
  readonly highestM: number;
  readonly hasVoid: boolean;
}

/** Positions a hair outside the edge (rounding of 1e-7 degrees) still count as on the tile. */
const EDGE_DEG = 1e-9;

/** A grid as a model: bilinear between nodes, null beyond the edge and in cells that touch a void. */
export function gridElevation(grid: ElevationGrid): ElevationTile {
  const { westDeg, northDeg, stepLonDeg, stepLatDeg, columns, rows } = grid;
  const southDeg = northDeg - stepLatDeg * (rows - 1);
  const eastDeg = westDeg + stepLonDeg * (columns - 1);
  const middle = createFrame({ lonDeg: westDeg, latDeg: (southDeg + northDeg) / 2 });
  const spacingM = Math.min(middle.mmPerLatDeg * stepLatDeg, middle.mmPerLonDeg * stepLonDeg) / 1000;
  const isOnTile = (lonDeg: number, latDeg: number): boolean =>
    lonDeg >= westDeg - EDGE_DEG &&
    lonDeg <= eastDeg + EDGE_DEG &&
    latDeg >= southDeg - EDGE_DEG &&
    latDeg <= northDeg + EDGE_DEG;

  function elevationAmslM(lonDeg: number, latDeg: number): number | null {
    if (!isOnTile(lonDeg, latDeg)) return null;
    const x = clamp((lonDeg - westDeg) / stepLonDeg, 0, columns - 1);
    const y = clamp((northDeg - latDeg) / stepLatDeg, 0, rows - 1);
    const column = Math.min(Math.floor(x), Math.max(0, columns - 2));
    const row = Math.min(Math.floor(y), Math.max(0, rows - 2));
    const fx = x - column;
    const fy = y - row;
    let sum = 0;
    for (const [dx, dy, weight] of [
      [0, 0, (1 - fx) * (1 - fy)],
      [1, 0, fx * (1 - fy)],
      [0, 1, (1 - fx) * fy],
      [1, 1, fx * fy],
    ] as const) {
      // A node that has no say may be a void, or lie beyond the last row.
      if (weight === 0) continue;
      const height = grid.heightAt((row + dy) * columns + column + dx);
      if (height === null) return null;
      sum += weight * height;
    }
    return sum;
  }

  /** All nodes of the cells that the disc touches: a bilinear cell is nowhere higher than its highest corner. */
  function highestOnTile(lonDeg: number, latDeg: number, radiusM: number): HighestOnTile {
    const { mmPerLonDeg, mmPerLatDeg } = createFrame({ lonDeg, latDeg });
    const reachLon = (radiusM * 1000) / mmPerLonDeg;
    const reachLat = (radiusM * 1000) / mmPerLatDeg;
    const firstColumn = Math.max(0, Math.floor((lonDeg - reachLon - westDeg) / stepLonDeg));
    const lastColumn = Math.min(columns - 1, Math.ceil((lonDeg + reachLon - westDeg) / stepLonDeg));
    const firstRow = Math.max(0, Math.floor((northDeg - latDeg - reachLat) / stepLatDeg));
    const lastRow = Math.min(rows - 1, Math.ceil((northDeg - latDeg + reachLat) / stepLatDeg));
    let highestM = Number.NEGATIVE_INFINITY;
    let hasVoid = false;
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const height = grid.heightAt(row * columns + column);
        if (height === null) hasVoid = true;
        else if (height > highestM) highestM = height;
      }
    }
    return { highestM, hasVoid };
  }

  function highestAmslM(lonDeg: number, latDeg: number, radiusM: number): number | null {
    const isWhole = rimOf({ lonDeg, latDeg }, radiusM).every((p) => isOnTile(p.lonDeg, p.latDeg));
    if (!isWhole) return null;
    const { highestM, hasVoid } = highestOnTile(lonDeg, latDeg, radiusM);
    return hasVoid ? null : highestM;
  }

  return { westDeg, southDeg, eastDeg, northDeg, spacingM, elevationAmslM, highestAmslM, highestOnTile };
}

/**
 * Several tiles as one model. Where tiles overlap or touch, the first one that knows the height answers. The order
 * therefore matters: finer tiles first.
 */
export function joinElevation(tiles: readonly ElevationTile[]): ElevationModel {
  const spacingM = Math.min(...tiles.map((tile) => tile.spacingM), LEAST_SPACING_WITHOUT_TILES_M);
  function elevationAmslM(lonDeg: number, latDeg: number): number | null {
    for (const tile of tiles) {
      const height = tile.elevationAmslM(lonDeg, latDeg);
      if (height !== null) return height;
    }
    return null;
  }
  function highestAmslM(lonDeg: number, latDeg: number, radiusM: number): number | null {
    // No interpolated height is above the highest node that any tile has there, so that bounds the joined ground…
    const touched = tiles.map((tile) => tile.highestOnTile(lonDeg, latDeg, radiusM));
    const highest = Math.max(Number.NEGATIVE_INFINITY, ...touched.map((part) => part.highestM));
    // …and that nothing is missing is looked at on the rim, and inside too when there is a void.
    const hasVoid = touched.some((part) => part.hasVoid);
    const centre = { lonDeg, latDeg };
    const probes = hasVoid ? discOf(centre, radiusM, spacingM) : rimOf(centre, radiusM);
    if (probes.some((p) => elevationAmslM(p.lonDeg, p.latDeg) === null)) return null;
    return Number.isFinite(highest) ? highest : null;
  }
  return { spacingM, elevationAmslM, highestAmslM };
}

/** Only reached when there are no tiles at all, where every answer is null anyway. */
const LEAST_SPACING_WITHOUT_TILES_M = 90;

const RIM_POINTS = 16;

/** The middle of a disc and points on its rim. */
function rimOf(centre: LonLat, radiusM: number): LonLat[] {
  const frame = createFrame(centre);
  const out = [centre];
  for (let k = 0; k < RIM_POINTS && radiusM > 0; k++) {
    const angle = (2 * Math.PI * k) / RIM_POINTS;
    out.push({
      lonDeg: centre.lonDeg + (Math.sin(angle) * radiusM * 1000) / frame.mmPerLonDeg,
      latDeg: centre.latDeg + (Math.cos(angle) * radiusM * 1000) / frame.mmPerLatDeg,
    });
  }
  return out;
}

/** Points of a square lattice, half a spacing apart, within a disc; the middle and the rim are among them. */
export function discOf(centre: LonLat, radiusM: number, spacingM: number): LonLat[] {
  const frame = createFrame(centre);
  const out = rimOf(centre, radiusM);
  const stepM = Math.max(spacingM / 2, radiusM / 25, 0.1);
  const reach = Math.floor(radiusM / stepM);
  for (let i = -reach; i <= reach; i++) {
    for (let k = -reach; k <= reach; k++) {
      if (Math.hypot(i, k) * stepM > radiusM || (i === 0 && k === 0)) continue;
      out.push({
        lonDeg: centre.lonDeg + (i * stepM * 1000) / frame.mmPerLonDeg,
        latDeg: centre.latDeg + (k * stepM * 1000) / frame.mmPerLatDeg,
      });
    }
  }
  return out;
}

/** Highest ground within a radius by any model: its own answer, or the highest of a dense sample. */
export function highestGround(model: ElevationModel, at: LonLat, radiusM: number): number | null {
  if (model.highestAmslM !== undefined) return model.highestAmslM(at.lonDeg, at.latDeg, radiusM);
  let highest = Number.NEGATIVE_INFINITY;
  for (const p of discOf(at, radiusM, model.spacingM)) {
    const height = model.elevationAmslM(p.lonDeg, p.latDeg);
    if (height === null) return null;
    highest = Math.max(highest, height);
  }
  return highest;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
