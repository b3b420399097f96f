import gcoordModule from 'gcoord';
import type { Position } from 'geojson';

// gcoord's typings describe an ES module (`default` inside), its Node entry is CommonJS (the object itself).
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/**
 * One position from GCJ-02 (the shifted datum of Chinese web maps) to WGS-84, by iteration to about a centimetre.
 * Outside China's bounding box the two are the same and the position comes back unchanged.
 */
export function gcj02ToWgs84(position: Position): Position {
  return gcoord.transform([position[0] ?? 0, position[1] ?? 0], gcoord.GCJ02, gcoord.WGS84);
}

/** One position from WGS-84 to GCJ-02, for map layers that are drawn in it. */
export function wgs84ToGcj02(position: Position): Position {
  return gcoord.transform([position[0] ?? 0, position[1] ?? 0], gcoord.WGS84, gcoord.GCJ02);
}
