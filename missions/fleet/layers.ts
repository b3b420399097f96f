import type { PatrolRequest } from '../model.ts';

/** Heights are compared with this tolerance: 60.000001 is 60. */
const EPSILON_M = 1e-6;

/**
 * Free heights above home, lowest first: `relativeAltitudeM` + k·`layerSpacingM` up to the maximum, without those
 * nearer than `layerSpacingM` to a height that another aircraft holds.
 */
export function freeLayers(
  request: Pick<
    PatrolRequest,
    'relativeAltitudeM' | 'layerSpacingM' | 'maxRelativeAltitudeM' | 'occupiedAltitudesM'
  >,
): number[] {
  const { relativeAltitudeM, layerSpacingM, maxRelativeAltitudeM, occupiedAltitudesM } = request;
  const layers: number[] = [];
  for (let k = 0; ; k++) {
    const height = relativeAltitudeM + k * layerSpacingM;
    if (height > maxRelativeAltitudeM + EPSILON_M) return layers;
    if (occupiedAltitudesM.every((held) => Math.abs(held - height) >= layerSpacingM - EPSILON_M))
      layers.push(height);
  }
}

/** Width of ground that a downward camera sees at a height, less the overlap with the neighbouring pass, metres. */
export function swathWidth(
  relativeAltitudeM: number,
  horizontalFovDeg: number,
  sideOverlapFraction: number,
): number {
  const full = 2 * relativeAltitudeM * Math.tan((horizontalFovDeg * Math.PI) / 360);
  return full * (1 - sideOverlapFraction);
}
