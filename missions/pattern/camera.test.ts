import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { swathWidth } from '../fleet/layers.ts';
import { createFrame, positionToMm } from '../geo/frame.ts';
import {
  type CameraView,
  fieldOfView,
  footprint,
  heightForGsd,
  type PatternCamera,
  viewOf,
} from './camera.ts';

/** A one-inch 20 Mpx camera as on many police drones: 13.2 × 8.8 mm, 8.8 mm lens, 5472 × 3648 px. */
const ONE_INCH: PatternCamera = {
  lens: { kind: 'sensor', widthMm: 13.2, heightMm: 8.8, focalLengthMm: 8.8 },
  imageWidthPx: 5472,
  imageHeightPx: 3648,
  exposureS: 1 / 1000,
  leastIntervalS: 2,
};
const WIDE: PatternCamera = { ...ONE_INCH, lens: { kind: 'fov', horizontalDeg: 60, verticalDeg: 40 } };
const PLACE = { lonDeg: 110.29, latDeg: 25.28 };

function view(camera: PatternCamera, pose: Partial<Parameters<typeof viewOf>[1]> = {}): CameraView {
  const found = viewOf(camera, {
    heightAboveGroundM: 100,
    pitchDeg: -90,
    sideOverlapFraction: 0,
    forwardOverlapFraction: 0,
    ...pose,
  });
  if (!('kind' in found)) throw new Error(found.message);
  return found;
}

describe('the view of a camera', () => {
  it('is what similar triangles say at nadir (sensor / focal length = ground / height)', () => {
    const seen = view(ONE_INCH);
    // 100 m × 13.2 / 8.8 and 100 m × 8.8 / 8.8.
    expect(seen.swathWidthM).toBeCloseTo(150, 9);
    expect(seen.photoSpacingM).toBeCloseTo(100, 9);
    // 150 m over 5472 px = 2.74 cm, the figure that survey calculators give for this camera at 100 m.
    expect(seen.gsdAcrossM).toBeCloseTo(0.02741, 5);
    expect(seen.gsdAlongM).toBeCloseTo(0.02741, 5);
    expect(seen.centreAheadM).toBeCloseTo(0, 9);
    // Half a pixel in a thousandth of a second.
    expect(seen.blurSpeedMps).toBeCloseTo(13.706, 3);
    expect(seen.intervalSpeedMps).toBeCloseTo(50, 9);
  });

  it('has the fields of view of the data sheet', () => {
    const fov = fieldOfView(ONE_INCH);
    expect(fov.horizontalDeg).toBeCloseTo(73.74, 2);
    expect(fov.verticalDeg).toBeCloseTo(53.13, 2);
  });

  it('leaves what overlaps: 70 % to the side, 80 % forward', () => {
    const seen = view(ONE_INCH, { sideOverlapFraction: 0.7, forwardOverlapFraction: 0.8 });
    expect(seen.swathWidthM).toBeCloseTo(45, 9);
    expect(seen.photoSpacingM).toBeCloseTo(20, 9);
  });

  it('agrees with the swath of the patrol planner', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 500, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (h, o) => {
          const seen = view(WIDE, { heightAboveGroundM: h, sideOverlapFraction: o });
          expect(seen.swathWidthM).toBeCloseTo(swathWidth(h, 60, o), 9);
        },
      ),
    );
  });

  it('looks as far ahead as it is high at 45°, and tells when it sees the horizon', () => {
    const seen = view(WIDE, { pitchDeg: -45 });
    expect(seen.centreAheadM).toBeCloseTo(100, 9);
    // Slant range 100·√2; a pixel is longer along the flight by 1 / sin 45°.
    expect(seen.swathWidthM).toBeCloseTo(163.299, 3);
    expect(seen.gsdAcrossM).toBeCloseTo(163.299 / 5472, 6);
    expect(seen.gsdAlongM).toBeCloseTo((2 * 141.4214 * Math.tan(Math.PI / 9)) / 3648 / Math.SQRT1_2, 6);
    // Rays 25° and 65° below the horizon: 100·(cot 25° − cot 65°).
    expect(seen.photoSpacingM).toBeCloseTo(100 * (2.1445069 - 0.4663077), 4);
    expect(view(WIDE, { pitchDeg: -20 }).photoSpacingM).toBeNull();
  });

  it('finds the height of a ground sample distance', () => {
    const height = heightForGsd(ONE_INCH, 0.02);
    expect(height).toBeCloseTo(72.96, 2);
    expect(view(ONE_INCH, { heightAboveGroundM: height ?? 0 }).gsdAcrossM).toBeCloseTo(0.02, 9);
    expect(heightForGsd({ ...ONE_INCH, imageWidthPx: null }, 0.02)).toBeNull();
  });

  it('does not make up what the data sheet does not say', () => {
    const seen = view({
      ...ONE_INCH,
      imageWidthPx: null,
      imageHeightPx: null,
      exposureS: null,
      leastIntervalS: null,
    });
    expect([seen.gsdAcrossM, seen.gsdAlongM, seen.blurSpeedMps, seen.intervalSpeedMps]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it.each([
    ['pitchDeg', { pitchDeg: 10 }],
    ['heightAboveGroundM', { heightAboveGroundM: Number.NaN }],
    ['sideOverlapFraction', { sideOverlapFraction: 1 }],
  ])('names a wrong %s', (field, pose) => {
    const found = viewOf(ONE_INCH, {
      heightAboveGroundM: 100,
      pitchDeg: -90,
      sideOverlapFraction: 0,
      forwardOverlapFraction: 0,
      ...pose,
    });
    expect(found).toMatchObject({ code: 'plan.bad-request', details: { field } });
  });
});

describe('the footprint', () => {
  const frame = createFrame(PLACE);
  const corners = (pitchDeg: number, headingDeg: number): { x: number; y: number }[] => {
    const found = footprint(WIDE, PLACE, { heightAboveGroundM: 100, pitchDeg, headingDeg });
    if (!('polygon' in found)) throw new Error(found.message);
    return (found.polygon.coordinates[0] ?? []).slice(0, 4).map((p) => positionToMm(frame, p));
  };

  it('is the centred rectangle at nadir', () => {
    const w = 100_000 * Math.tan(Math.PI / 6);
    const h = 100_000 * Math.tan(Math.PI / 9);
    const expected = [
      [-w, -h],
      [w, -h],
      [w, h],
      [-w, h],
    ];
    corners(-90, 0).forEach((p, i) => {
      expect(Math.abs(p.x - (expected[i]?.[0] ?? 0))).toBeLessThan(2);
      expect(Math.abs(p.y - (expected[i]?.[1] ?? 0))).toBeLessThan(2);
    });
  });

  it('is a trapezoid ahead when tilted, wider at its far side, and turns with the heading', () => {
    const [nearLeft, nearRight, farRight, farLeft] = corners(-45, 90) as [
      { x: number; y: number },
      { x: number; y: number },
      { x: number; y: number },
      { x: number; y: number },
    ];
    // Looking east: ahead is x, right is −y.
    expect(nearLeft.x / 1000).toBeCloseTo(46.631, 2);
    expect(farLeft.x / 1000).toBeCloseTo(214.451, 2);
    expect(nearLeft.y).toBeGreaterThan(nearRight.y);
    expect(farLeft.y - farRight.y).toBeGreaterThan(nearLeft.y - nearRight.y);
    // Near edge: its middle is h / sin 65° away, cos 20° of that along the axis, and tan 30° of it to each side.
    const across =
      ((2 * 100) / Math.sin((65 * Math.PI) / 180)) * Math.cos(Math.PI / 9) * Math.tan(Math.PI / 6);
    expect((nearLeft.y - nearRight.y) / 1000).toBeCloseTo(across, 2);
  });

  it('ends at 115 heights where it sees the horizon, and says so', () => {
    const found = footprint(WIDE, PLACE, { heightAboveGroundM: 50, pitchDeg: -10, headingDeg: 0 });
    if (!('polygon' in found)) throw new Error(found.message);
    expect(found.seesHorizon).toBe(true);
    const far = positionToMm(frame, found.polygon.coordinates[0]?.[2] ?? []);
    expect(Math.hypot(far.x, far.y) / 1000).toBeCloseTo(50 / Math.tan((0.5 * Math.PI) / 180), 0);
  });
});
