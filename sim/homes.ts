import { readFile } from 'node:fs/promises';
import { type GeoPoint, LocalFrame } from './aircraft/local-frame.ts';
import { SimError } from './errors.ts';

/** A place where an aircraft stands when the simulation starts. */
export interface Home extends GeoPoint {
  readonly name?: string;
}

/** Centre of the sample district near Guilin; ground at about 150 m. */
const RING_CENTRE: GeoPoint = { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 };
const RING_RADIUS_M = 1500;

/** `count` homes evenly on a ring around 25.28 N 110.29 E, the first one in the north. */
export function ringOfHomes(count: number): readonly Home[] {
  const frame = new LocalFrame(RING_CENTRE);
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    const place = { eastM: RING_RADIUS_M * Math.sin(angle), northM: RING_RADIUS_M * Math.cos(angle), upM: 0 };
    return frame.toGeo(place);
  });
}

const RANGES = { lonDeg: [-180, 180], latDeg: [-90, 90], altitudeAmslM: [-500, 9000] } as const;
const KNOWN = new Set([...Object.keys(RANGES), 'name']);

/** @throws SimError `sim.homes-file` naming the file, the entry, the property, its value and what is allowed. */
export async function readHomes(path: string): Promise<readonly Home[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SimError('sim.homes-file', `the homes file ${path} cannot be read: ${reason}`, { path }, cause);
  }
  return parseHomes(content, path);
}

/** As `readHomes`, from a value that was parsed already; `path` is for the message. */
export function parseHomes(content: unknown, path: string): readonly Home[] {
  if (!Array.isArray(content) || content.length === 0) {
    throw new SimError('sim.homes-file', `${path} must hold a list of at least one home`, { path });
  }
  return content.map((entry: unknown, index) => parseHome(entry, `${path}, entry ${index + 1}`));
}

function parseHome(entry: unknown, where: string): Home {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new SimError('sim.homes-file', `${where} is not an object {lonDeg, latDeg, altitudeAmslM, name?}`);
  }
  const values = new Map(Object.entries(entry));
  for (const key of values.keys()) {
    if (!KNOWN.has(key)) {
      throw new SimError(
        'sim.homes-file',
        `${where}: "${key}" is unknown; allowed are ${[...KNOWN].join(', ')}`,
      );
    }
  }
  const number = (key: keyof typeof RANGES): number => {
    const value: unknown = values.get(key);
    const [min, max] = RANGES[key];
    if (typeof value === 'number' && value >= min && value <= max) return value;
    const shown = JSON.stringify(value) ?? 'missing';
    throw new SimError(
      'sim.homes-file',
      `${where}: ${key} is ${shown}; allowed is a number from ${min} to ${max}`,
    );
  };
  const name: unknown = values.get('name');
  if (name !== undefined && typeof name !== 'string') {
    throw new SimError('sim.homes-file', `${where}: name is ${JSON.stringify(name)}; allowed is a text`);
  }
  const point = {
    lonDeg: number('lonDeg'),
    latDeg: number('latDeg'),
    altitudeAmslM: number('altitudeAmslM'),
  };
  return name === undefined ? point : { ...point, name };
}
