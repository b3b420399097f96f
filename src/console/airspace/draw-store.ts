import { create } from 'zustand';
import type { LonLatPair } from '../../contract/index.ts';

/** A zone that is being drawn: corners in the order in which they were set on the map. */
export interface DrawModel {
  /** Clicks on the map are corners. */
  readonly active: boolean;
  readonly corners: readonly LonLatPair[];
}

const NOTHING: DrawModel = { active: false, corners: [] };

export const useDraw = create<DrawModel>()(() => NOTHING);

export const startDrawing = (): void => useDraw.setState({ active: true, corners: [] });
export const stopDrawing = (): void => useDraw.setState(NOTHING);

/** Seven digits are a centimetre. */
const round = (deg: number): number => Math.round(deg * 1e7) / 1e7;

export function addCorner(lonDeg: number, latDeg: number): void {
  const { active, corners } = useDraw.getState();
  if (active) useDraw.setState({ corners: [...corners, [round(lonDeg), round(latDeg)]] });
}

export function undoCorner(): void {
  useDraw.setState({ corners: useDraw.getState().corners.slice(0, -1) });
}

/** Null until it encloses something. */
export function drawnPolygon(corners: readonly LonLatPair[]): GeoJSON.Polygon | null {
  const [first] = corners;
  if (first === undefined || corners.length < 3) return null;
  return { type: 'Polygon', coordinates: [[...corners, first].map((corner) => [...corner])] };
}
