import { open } from 'node:fs/promises';
import path from 'node:path';

/** Heights of the ground. Null: not known; never a guess. */
export interface ElevationSource {
  /** Only what `prepare` has brought in is known. */
  heightAmslM(lonDeg: number, latDeg: number): number | null;
  /** Reads what is needed for these places; resolves also where there is nothing. */
  prepare(places: readonly { readonly lonDeg: number; readonly latDeg: number }[]): Promise<void>;
}

/**
 * SRTM tiles (`N25E110.hgt`): one degree each, named by the south-west corner, rows from north to south of big-endian
 * int16 metres above EGM96, the outer rows shared with the neighbours. 3 arc-seconds: 1201², 1 arc-second: 3601².
 * A tile is 2.9 or 26 MB; the `maxTiles` used last are kept.
 */
interface Tile {
  readonly side: number;
  readonly bytes: Buffer;
}

const VOID = -32_768;
const SIDES = [1201, 3601] as const;
const MAX_TILES = 4;

export class HgtElevation implements ElevationSource {
  readonly #directory: string;
  readonly #maxTiles: number;
  readonly #warn: (message: string) => void;
  /** In the order of use. Null: there is no such tile, or it is damaged. */
  readonly #tiles = new Map<string, Tile | null>();
  readonly #reading = new Map<string, Promise<void>>();

  constructor(
    directory: string,
    options: { readonly maxTiles?: number; readonly warn?: (message: string) => void } = {},
  ) {
    this.#directory = directory;
    this.#maxTiles = options.maxTiles ?? MAX_TILES;
    this.#warn = options.warn ?? (() => {});
  }

  heightAmslM(lonDeg: number, latDeg: number): number | null {
    if (!(Math.abs(latDeg) < 90 && Math.abs(lonDeg) <= 180)) return null;
    const name = tileName(lonDeg, latDeg);
    const tile = this.#tiles.get(name) ?? null;
    if (tile === null) return null;
    this.#tiles.delete(name);
    this.#tiles.set(name, tile);
    return interpolate(tile, lonDeg - Math.floor(lonDeg), latDeg - Math.floor(latDeg));
  }

  async prepare(places: readonly { readonly lonDeg: number; readonly latDeg: number }[]): Promise<void> {
    const names = new Set(places.map((place) => tileName(place.lonDeg, place.latDeg)));
    await Promise.all([...names].map((name) => this.#need(name)));
  }

  #need(name: string): Promise<void> {
    if (this.#tiles.has(name)) return Promise.resolve();
    let reading = this.#reading.get(name);
    if (reading === undefined) {
      reading = this.#read(name).finally(() => this.#reading.delete(name));
      this.#reading.set(name, reading);
    }
    return reading;
  }

  async #read(name: string): Promise<void> {
    const tile = await this.#readFile(path.join(this.#directory, `${name}.hgt`));
    this.#tiles.set(name, tile);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= this.#maxTiles) break;
      this.#tiles.delete(oldest);
    }
  }

  async #readFile(file: string): Promise<Tile | null> {
    try {
      const handle = await open(file, 'r');
      try {
        const { size } = await handle.stat();
        const side = SIDES.find((candidate) => candidate * candidate * 2 === size);
        if (side === undefined) {
          this.#warn(`${file}: ${size} bytes are no SRTM tile of 1 or 3 arc-seconds`);
          return null;
        }
        return { side, bytes: await handle.readFile() };
      } finally {
        await handle.close();
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#warn(
        code === 'ENOENT' ? `${file} is not there: no terrain for its square` : `${file}: ${String(error)}`,
      );
      return null;
    }
  }
}

/** `N25E110`, `S34W071`. */
export function tileName(lonDeg: number, latDeg: number): string {
  const lat = Math.floor(latDeg);
  const lon = Math.floor(lonDeg);
  const ns = `${lat < 0 ? 'S' : 'N'}${String(Math.abs(lat)).padStart(2, '0')}`;
  return `${ns}${lon < 0 ? 'W' : 'E'}${String(Math.abs(lon)).padStart(3, '0')}`;
}

/** Bilinear between four points; a void among those that count makes it unknown. East and north: 0–1. */
function interpolate(tile: Tile, east: number, north: number): number | null {
  const cells = tile.side - 1;
  const column = Math.min(cells - 1, Math.floor(east * cells));
  const row = Math.min(cells - 1, Math.floor((1 - north) * cells));
  const x = east * cells - column;
  const y = (1 - north) * cells - row;
  let sum = 0;
  for (const [dColumn, dRow] of CORNERS) {
    const weight = (dColumn === 1 ? x : 1 - x) * (dRow === 1 ? y : 1 - y);
    // A point of the raster is itself, whatever its neighbours are.
    if (weight < 1e-9) continue;
    const height = tile.bytes.readInt16BE(2 * ((row + dRow) * tile.side + column + dColumn));
    if (height === VOID) return null;
    sum += weight * height;
  }
  return sum;
}

const CORNERS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;
