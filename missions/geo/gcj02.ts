import gcoordModule from 'gcoord';
import type { Position } from 'geojson';

// gcoord's typings describe an ES module (`default` inside), its Node entry is CommonJS (the object itself).
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/** The inverse has settled when a round moves less than this: about a micrometre. */
const SETTLED_DEG = 1e-11;
/** Each round leaves some thousandth of the error before, so five are enough; more are spent only on the rim of China's box. */
const MAX_ROUNDS = 25;

/**
 * One position from GCJ-02 (the shifted datum of Chinese web maps) to WGS-84, exact to far below a millimetre: a
 * fixed-point iteration on the published forward formula (gcoord's own inverse stops at 10⁻⁶°, a decimetre).
 * Outside China's bounding box the two are the same and the position comes back unchanged.
 */
export function gcj02ToWgs84(position: Position): Position {
  return invert(wgs84ToGcj02, position);
}

/** One position from WGS-84 to GCJ-02, for map layers that are drawn in it. */
export function wgs84ToGcj02(position: Position): Position {
  return gcoord.transform([position[0] ?? 0, position[1] ?? 0], gcoord.WGS84, gcoord.GCJ02);
}

/** One position from BD-09 (Baidu's shift on top of GCJ-02) to WGS-84, as exact as `gcj02ToWgs84`. */
export function bd09ToWgs84(position: Position): Position {
  return gcj02ToWgs84(invert(gcj02ToBd09, position));
}

/** One position from WGS-84 to BD-09. */
export function wgs84ToBd09(position: Position): Position {
  return gcj02ToBd09(wgs84ToGcj02(position));
}

function gcj02ToBd09(position: Position): Position {
  return gcoord.transform([position[0] ?? 0, position[1] ?? 0], gcoord.GCJ02, gcoord.BD09);
}

/** The position that `forward` takes to `target`; both shifts are smooth and small, so plain iteration contracts. */
function invert(forward: (position: Position) => Position, target: Position): Position {
  const lon = target[0] ?? 0;
  const lat = target[1] ?? 0;
  let guess: [number, number] = [lon, lat];
  let best = guess;
  let bestOff = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const [shiftedLon = lon, shiftedLat = lat] = forward(guess);
    const dLon = shiftedLon - lon;
    const dLat = shiftedLat - lat;
    const off = Math.abs(dLon) + Math.abs(dLat);
    if (off < bestOff) {
      best = guess;
      bestOff = off;
    }
    if (off < SETTLED_DEG) break;
    guess = [guess[0] - dLon, guess[1] - dLat];
  }
  return [...best];
}
