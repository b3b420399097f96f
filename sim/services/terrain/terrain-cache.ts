import {
  ALL_PIECES,
  type GridPlace,
  gridPlace,
  PIECE,
  PIECES,
  POINTS_EAST,
  POINTS_NORTH,
  pieceStart,
} from './terrain-grid.ts';

interface Block {
  readonly lat: number;
  readonly lon: number;
  /** Bit n: piece n is there. */
  pieces: bigint;
  /** Metres, row by row from the south-west; made when the first piece comes. */
  heights: Int16Array | null;
}

/** TERRAIN_CACHE_SZ: the block that was not used for longest goes. */
const BLOCKS = 12;

export interface MissingPieces {
  readonly lat: number;
  readonly lon: number;
  readonly mask: bigint;
}

/** Blocks of terrain that one aircraft has been given; about 2 kB each. */
export class TerrainCache {
  #spacingM: number;
  /** Least recently used first. */
  #blocks: Block[] = [];

  constructor(spacingM: number) {
    this.#spacingM = spacingM;
  }

  get spacingM(): number {
    return this.#spacingM;
  }

  /** Another spacing is another grid: what was there is of no use. */
  setSpacing(spacingM: number): void {
    if (spacingM === this.#spacingM) return;
    this.#spacingM = spacingM;
    this.#blocks = [];
  }

  /** Height above mean sea level between the four points around a place; null: not there. */
  heightM(lat: number, lon: number): number | null {
    const place = gridPlace(lat, lon, this.#spacingM);
    const block = this.#find(place);
    if (block === undefined) return null;
    const { north, east, northFraction, eastFraction } = place;
    const corners = [0, 1].map((up) => [0, 1].map((right) => pointOf(block, north + up, east + right)));
    const [[southWest = null, southEast = null] = [], [northWest = null, northEast = null] = []] = corners;
    if (southWest === null || southEast === null || northWest === null || northEast === null) return null;
    const south = southWest + (southEast - southWest) * eastFraction;
    const northern = northWest + (northEast - northWest) * eastFraction;
    return south + (northern - south) * northFraction;
  }

  /** What is missing of the block around a place, which is wanted from now on; null: nothing. */
  missing(lat: number, lon: number): MissingPieces | null {
    const block = this.#want(gridPlace(lat, lon, this.#spacingM));
    const mask = ALL_PIECES & ~block.pieces;
    return mask === 0n ? null : { lat: block.lat, lon: block.lon, mask };
  }

  /** False: nobody asked for that. */
  take(lat: number, lon: number, spacingM: number, bit: number, data: readonly number[]): boolean {
    const block = this.#blocks.find((candidate) => candidate.lat === lat && candidate.lon === lon);
    if (block === undefined || spacingM !== this.#spacingM || bit >= PIECES) return false;
    block.heights ??= new Int16Array(POINTS_NORTH * POINTS_EAST);
    const start = pieceStart(bit);
    for (const [index, height] of data.slice(0, PIECE * PIECE).entries()) {
      const north = start.north + Math.floor(index / PIECE);
      block.heights[north * POINTS_EAST + start.east + (index % PIECE)] = height;
    }
    block.pieces |= 1n << BigInt(bit);
    return true;
  }

  /** Pieces of all blocks that are missing and there. */
  counts(): { readonly pending: number; readonly loaded: number } {
    let loaded = 0;
    for (const { pieces } of this.#blocks) {
      for (let bits = pieces; bits !== 0n; bits &= bits - 1n) loaded += 1;
    }
    return { pending: this.#blocks.length * PIECES - loaded, loaded };
  }

  #find({ lat, lon }: GridPlace): Block | undefined {
    return this.#blocks.find((block) => block.lat === lat && block.lon === lon);
  }

  #want(place: GridPlace): Block {
    const block = this.#find(place) ?? { lat: place.lat, lon: place.lon, pieces: 0n, heights: null };
    this.#blocks = [...this.#blocks.filter((other) => other !== block), block].slice(-BLOCKS);
    return block;
  }
}

function pointOf({ pieces, heights }: Block, north: number, east: number): number | null {
  if (heights === null || north >= POINTS_NORTH || east >= POINTS_EAST) return null;
  const bit = Math.floor(north / PIECE) * (POINTS_EAST / PIECE) + Math.floor(east / PIECE);
  if (((pieces >> BigInt(bit)) & 1n) === 0n) return null;
  return heights[north * POINTS_EAST + east] ?? null;
}
