import { LocalFrame } from '../aircraft/local-frame.ts';
import { SitlError } from './sitl-error.ts';

/** Where an autopilot starts. Heading: degrees clockwise from north. */
export interface SitlHome {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altitudeAmslM: number;
  readonly headingDeg: number;
}

/** Guilin's ground; the sample district is around it. Used when `--home` names no height. */
export const DEFAULT_GROUND_AMSL_M = 150;
export const DEFAULT_HOME: SitlHome = {
  latDeg: 25.28,
  lonDeg: 110.29,
  altitudeAmslM: DEFAULT_GROUND_AMSL_M,
  headingDeg: 0,
};

const RANGES: readonly (readonly [name: string, min: number, max: number])[] = [
  ['latitude', -90, 90],
  ['longitude', -180, 180],
  ['altitude (m above sea level)', -500, 9000],
  ['heading (degrees)', 0, 360],
];

/** `lat,lon[,alt[,hdg]]`, latitude first as both autopilots' own options have it. @throws SitlError `sitl.bad-option` */
export function parseHome(text: string): SitlHome {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length < 2 || parts.length > 4) {
    throw new SitlError(
      'sitl.bad-option',
      `--home is "${text}"; write lat,lon[,alt[,hdg]], e.g. 25.28,110.29,150,90.`,
    );
  }
  const values = parts.map((part, index) => {
    const [name, min, max] = RANGES[index] ?? ['value', 0, 0];
    const value = Number(part);
    if (part !== '' && value >= min && value <= max) return value;
    throw new SitlError(
      'sitl.bad-option',
      `--home is "${text}": the ${name} is "${part}"; allowed is a number from ${min} to ${max}.`,
    );
  });
  const [latDeg = 0, lonDeg = 0, altitudeAmslM = DEFAULT_GROUND_AMSL_M, headingDeg = 0] = values;
  return { latDeg, lonDeg, altitudeAmslM, headingDeg };
}

/** Farther apart than two copters' take-off scatter and than the reach of both GPS errors. */
const SPACING_M = 10;
const PER_ROW = 10;

/**
 * Places for `count` vehicles: the first at `home`, the others eastwards in rows of ten, rows northwards, ten metres
 * apart, so that none stands on another.
 */
export function spreadHomes(home: SitlHome, count: number, spacingM = SPACING_M): readonly SitlHome[] {
  const frame = new LocalFrame(home);
  return Array.from({ length: count }, (_, index) => {
    const eastM = (index % PER_ROW) * spacingM;
    const northM = Math.floor(index / PER_ROW) * spacingM;
    return { ...frame.toGeo({ eastM, northM, upM: 0 }), headingDeg: home.headingDeg };
  });
}
