import type { PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { type ElevationTile, gridElevation } from './elevation-grid.ts';

export type TileResult =
  | { readonly kind: 'ok'; readonly tile: ElevationTile }
  | { readonly kind: 'error'; readonly issue: PlanIssue };

/** SRTM's mark for "no measurement". */
const VOID = -32_768;

/** Nodes on an edge of the two published kinds: 3″ and 1″, neighbouring tiles share their edges. */
const EDGES: readonly number[] = [1201, 3601];

/**
 * An SRTM tile of one degree from the bytes of a .hgt file. The file has no header: the place is in its name (south-west
 * corner, "N25E110.hgt", any path before it), the resolution in its size. Heights are big-endian 16-bit metres above
 * EGM96, northernmost row first. Source: USGS, SRTM Topo quick start, §§ 2.1 and 3.1.
 */
export function srtmTile(name: string, bytes: Uint8Array): TileResult {
  const match = /([NS])(\d{2})([EW])(\d{3})[^/\\]*$/i.exec(name);
  if (match === null) return refuse(name, 'its name does not say where it is, as N25E110.hgt does');
  const [, ns, lat, ew, lon] = match;
  const edge = EDGES.find((nodes) => nodes * nodes * 2 === bytes.byteLength);
  if (edge === undefined) {
    return refuse(name, `it has ${bytes.byteLength} bytes; 2,884,802 (3″) or 25,934,402 (1″) are expected`);
  }
  const southDeg = Number(lat) * (ns?.toUpperCase() === 'S' ? -1 : 1);
  const westDeg = Number(lon) * (ew?.toUpperCase() === 'W' ? -1 : 1);
  if (southDeg < -90 || southDeg > 89 || westDeg < -180 || westDeg > 179) {
    return refuse(name, 'its name gives a place that is not on the Earth');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tile = gridElevation({
    westDeg,
    northDeg: southDeg + 1,
    stepLonDeg: 1 / (edge - 1),
    stepLatDeg: 1 / (edge - 1),
    columns: edge,
    rows: edge,
    heightAt(index) {
      const height = view.getInt16(index * 2, false);
      return height === VOID ? null : height;
    },
  });
  return { kind: 'ok', tile };
}

function refuse(name: string, reason: string): TileResult {
  return {
    kind: 'error',
    issue: planIssue('terrain.bad-tile', `The elevation tile ${name} cannot be used: ${reason}.`, {
      name,
      reason,
    }),
  };
}
