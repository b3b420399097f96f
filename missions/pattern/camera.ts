import type { Polygon } from 'geojson';
import { swathWidth } from '../fleet/layers.ts';
import { createFrame, mmToRing } from '../geo/frame.ts';
import { firstFault, type Limit } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';

/** A camera as its data sheet describes it. The image's wide side lies across the direction of flight. */
export interface PatternCamera {
  readonly lens:
    | { readonly kind: 'fov'; readonly horizontalDeg: number; readonly verticalDeg: number }
    | {
        readonly kind: 'sensor';
        readonly widthMm: number;
        readonly heightMm: number;
        /** Real focal length, not the "35 mm equivalent". */
        readonly focalLengthMm: number;
      };
  /** Pixels of the image across and along the flight; null: not known. */
  readonly imageWidthPx: number | null;
  readonly imageHeightPx: number | null;
  /** Shutter time, seconds; null: not known. */
  readonly exposureS: number | null;
  /** Least time between two pictures, seconds; null: not known. */
  readonly leastIntervalS: number | null;
}

/** How the camera is carried along a pass. */
export interface CameraPose {
  readonly heightAboveGroundM: number;
  /** −90 looks straight down, −10 far ahead; what would see the horizon with its middle is refused. */
  readonly pitchDeg: number;
  /** Shares of a picture that the neighbouring pass and the next picture see again, 0–0.95. */
  readonly sideOverlapFraction: number;
  readonly forwardOverlapFraction: number;
}

/** What a pose sees and allows. */
export interface CameraView {
  readonly kind: 'view';
  readonly horizontalFovDeg: number;
  readonly verticalFovDeg: number;
  /** Ground across the flight in the middle row of the image, less the side overlap: the distance of passes. */
  readonly swathWidthM: number;
  /** Ground along the flight in the middle column, less the forward overlap; null when its upper edge sees the horizon. */
  readonly photoSpacingM: number | null;
  /** Ground ahead of the aircraft that the middle of the image sees. */
  readonly centreAheadM: number;
  /** Size on the ground of the middle pixel across and along the flight, metres; null without pixel counts. */
  readonly gsdAcrossM: number | null;
  readonly gsdAlongM: number | null;
  /** Fastest flight whose motion smears less than `BLUR_PX` pixels; null when pixels or shutter are not known. */
  readonly blurSpeedMps: number | null;
  /** Fastest flight at which the camera keeps up with `photoSpacingM`; null when either is not known. */
  readonly intervalSpeedMps: number | null;
}

/** Smear that does not yet cost sharpness; half a pixel is the usual rule of aerial survey. */
export const BLUR_PX = 0.5;

/** Steepest upward edge ray that still counts as seeing ground: 0.5° below the horizon, 115 heights away. */
const HORIZON_SLOPE = Math.tan((0.5 * Math.PI) / 180);

/** Both fields of view, degrees: 2·atan(size / 2f) for a sensor. */
export function fieldOfView(camera: PatternCamera): {
  readonly horizontalDeg: number;
  readonly verticalDeg: number;
} {
  const { lens } = camera;
  if (lens.kind === 'fov') return lens;
  const angle = (sizeMm: number): number => (Math.atan(sizeMm / (2 * lens.focalLengthMm)) * 360) / Math.PI;
  return { horizontalDeg: angle(lens.widthMm), verticalDeg: angle(lens.heightMm) };
}

/**
 * What a camera sees of flat ground along a pass (pinhole projection without distortion; J. C. McGlone (ed.),
 * Manual of Photogrammetry): swath, distance of pictures, ground sample distance and the speeds that it allows.
 */
export function viewOf(camera: PatternCamera, pose: CameraPose): CameraView | PlanIssue {
  const fault = cameraFault(camera, pose);
  if (fault !== null) return fault;
  const fov = fieldOfView(camera);
  const { heightAboveGroundM: height, pitchDeg } = pose;
  const down = rad(-pitchDeg);
  const slant = height / Math.sin(down);
  // At nadir the slant range is the height, and this is the swath of `missions/fleet`.
  const swathWidthM = swathWidth(slant, fov.horizontalDeg, pose.sideOverlapFraction);
  const half = rad(fov.verticalDeg / 2);
  const near = aheadOf(height, down + half);
  const far = aheadOf(height, down - half);
  const photoSpacingM =
    far === null || near === null ? null : (far - near) * (1 - pose.forwardOverlapFraction);
  const gsdAcrossM =
    camera.imageWidthPx === null
      ? null
      : (2 * slant * Math.tan(rad(fov.horizontalDeg / 2))) / camera.imageWidthPx;
  const gsdAlongM =
    camera.imageHeightPx === null
      ? null
      : (2 * slant * Math.tan(half)) / camera.imageHeightPx / Math.sin(down);
  const { exposureS, leastIntervalS } = camera;
  return {
    kind: 'view',
    horizontalFovDeg: fov.horizontalDeg,
    verticalFovDeg: fov.verticalDeg,
    swathWidthM,
    photoSpacingM,
    centreAheadM: height / Math.tan(down),
    gsdAcrossM,
    gsdAlongM,
    blurSpeedMps: gsdAlongM === null || exposureS === null ? null : (BLUR_PX * gsdAlongM) / exposureS,
    intervalSpeedMps:
      photoSpacingM === null || leastIntervalS === null ? null : photoSpacingM / leastIntervalS,
  };
}

/**
 * The quadrilateral of flat ground that one image sees, as GeoJSON: near left, near right, far right, far left,
 * seen in the direction of flight. Where the upper edge looks at or above the horizon, the far side is drawn at
 * 115 heights. `headingDeg` is where the camera looks, clockwise from north.
 */
export function footprint(
  camera: PatternCamera,
  place: LonLat,
  pose: Pick<CameraPose, 'heightAboveGroundM' | 'pitchDeg'> & { readonly headingDeg: number },
): { readonly kind: 'footprint'; readonly polygon: Polygon; readonly seesHorizon: boolean } | PlanIssue {
  const full = { ...pose, sideOverlapFraction: 0, forwardOverlapFraction: 0 };
  const fault =
    cameraFault(camera, full) ??
    firstFault([
      ['headingDeg', pose.headingDeg, -360, 360],
      ['place.lonDeg', place.lonDeg, -180, 180],
      ['place.latDeg', place.latDeg, -89, 89],
    ]);
  if (fault !== null) return fault;
  const fov = fieldOfView(camera);
  const right = Math.tan(rad(fov.horizontalDeg / 2));
  const up = Math.tan(rad(fov.verticalDeg / 2));
  const heading = rad(pose.headingDeg);
  let seesHorizon = false;
  const corner = (across: number, above: number): { x: number; y: number } => {
    const pitch = rad(pose.pitchDeg);
    // Ray through an image corner in (ahead, right, up): forward + across·right + above·up of the pitched camera.
    const ahead = Math.cos(pitch) - above * Math.sin(pitch);
    const rise = Math.sin(pitch) + above * Math.cos(pitch);
    const level = Math.hypot(ahead, across);
    if (rise > -level * HORIZON_SLOPE) seesHorizon = true;
    const reach = pose.heightAboveGroundM / Math.max(-rise, level * HORIZON_SLOPE);
    const east = reach * (ahead * Math.sin(heading) + across * Math.cos(heading));
    const north = reach * (ahead * Math.cos(heading) - across * Math.sin(heading));
    return { x: east * 1000, y: north * 1000 };
  };
  const ring = [corner(-right, -up), corner(right, -up), corner(right, up), corner(-right, up)];
  const polygon: Polygon = { type: 'Polygon', coordinates: [mmToRing(createFrame(place), ring)] };
  return { kind: 'footprint', polygon, seesHorizon };
}

/**
 * The height above ground at which a camera looking straight down has a ground sample distance, metres: what an
 * investigator asks for ("2 cm per pixel") turned into what a pilot flies. Null without a pixel count.
 */
export function heightForGsd(camera: PatternCamera, gsdM: number): number | null {
  if (camera.imageWidthPx === null) return null;
  return (gsdM * camera.imageWidthPx) / (2 * Math.tan(rad(fieldOfView(camera).horizontalDeg / 2)));
}

/** Ground distance ahead at which a ray meets the ground; negative behind; null at or above the horizon. */
function aheadOf(height: number, down: number): number | null {
  return down <= Math.atan(HORIZON_SLOPE) ? null : height / Math.tan(down);
}

function cameraFault(camera: PatternCamera, pose: CameraPose): PlanIssue | null {
  const { lens } = camera;
  const limits: Limit[] =
    lens.kind === 'fov'
      ? [
          ['lens.horizontalDeg', lens.horizontalDeg, 1, 170],
          ['lens.verticalDeg', lens.verticalDeg, 1, 170],
        ]
      : [
          ['lens.widthMm', lens.widthMm, 0.1, 200],
          ['lens.heightMm', lens.heightMm, 0.1, 200],
          ['lens.focalLengthMm', lens.focalLengthMm, 0.1, 2000],
        ];
  limits.push(
    ['heightAboveGroundM', pose.heightAboveGroundM, 1, 10_000],
    ['pitchDeg', pose.pitchDeg, -90, -1],
    ['sideOverlapFraction', pose.sideOverlapFraction, 0, 0.95],
    ['forwardOverlapFraction', pose.forwardOverlapFraction, 0, 0.95],
  );
  if (camera.imageWidthPx !== null) limits.push(['imageWidthPx', camera.imageWidthPx, 1, 1e6]);
  if (camera.imageHeightPx !== null) limits.push(['imageHeightPx', camera.imageHeightPx, 1, 1e6]);
  if (camera.exposureS !== null) limits.push(['exposureS', camera.exposureS, 1e-6, 10]);
  if (camera.leastIntervalS !== null) limits.push(['leastIntervalS', camera.leastIntervalS, 0.01, 3600]);
  return firstFault(limits);
}

function rad(deg: number): number {
  return (deg * Math.PI) / 180;
}
