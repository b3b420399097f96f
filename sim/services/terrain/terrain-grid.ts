/**
 * ArduPilot's terrain grid (AP_Terrain, Location): points `spacingM` apart, in blocks of 28 to the north by 32 to the
 * east that begin at the whole degree south-west of a place and overlap by 4, so that each step of 24 or 28 points
 * begins the next. A block comes in 56 pieces of 4 × 4: bit 0 in the south-west, 8 to the east, then north.
 */
export const POINTS_NORTH = 28;
export const POINTS_EAST = 32;
export const PIECE = 4;
export const PIECES = 56;
export const ALL_PIECES = (1n << BigInt(PIECES)) - 1n;
const PIECES_EAST = 8;
const STEP_NORTH = POINTS_NORTH - PIECE;
const STEP_EAST = POINTS_EAST - PIECE;
/** 1e-7° of latitude in metres, on a sphere of 6,378,100 m. */
const M_PER_E7 = 0.011131884502145034;
const E7 = 1e7;

/** Where a place lies: in which block (degE7 of its south-west corner), and between which of its points. */
export interface GridPlace {
  readonly lat: number;
  readonly lon: number;
  readonly north: number;
  readonly east: number;
  /** 0–1 between that point and the next. */
  readonly northFraction: number;
  readonly eastFraction: number;
}

/** @param lat degE7 */
export function gridPlace(lat: number, lon: number, spacingM: number): GridPlace {
  const degreeLat = Math.floor(lat / E7) * E7;
  const degreeLon = Math.floor(lon / E7) * E7;
  const northM = (lat - degreeLat) * M_PER_E7;
  const eastM = (lon - degreeLon) * M_PER_E7 * lonScale((lat + degreeLat) / 2);
  const north = Math.floor(northM / spacingM);
  const east = Math.floor(eastM / spacingM);
  const blockNorth = Math.floor(north / STEP_NORTH);
  const blockEast = Math.floor(east / STEP_EAST);
  const corner = offset(
    degreeLat,
    degreeLon,
    blockNorth * STEP_NORTH * spacingM,
    blockEast * STEP_EAST * spacingM,
  );
  return {
    ...corner,
    north: north % STEP_NORTH,
    east: east % STEP_EAST,
    northFraction: northM / spacingM - north,
    eastFraction: eastM / spacingM - east,
  };
}

/** First point of a piece. */
export function pieceStart(bit: number): { readonly north: number; readonly east: number } {
  return { north: Math.floor(bit / PIECES_EAST) * PIECE, east: (bit % PIECES_EAST) * PIECE };
}

/** degE7; a degree of longitude is as long as half way (Location::offset_latlng). */
function offset(lat: number, lon: number, northM: number, eastM: number): { lat: number; lon: number } {
  const north = Math.trunc(northM / M_PER_E7);
  const east = Math.trunc(eastM / M_PER_E7 / lonScale(lat + north / 2));
  return { lat: lat + north, lon: lon + east };
}

function lonScale(lat: number): number {
  return Math.max(0.01, Math.cos((lat / E7) * (Math.PI / 180)));
}
