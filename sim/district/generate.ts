import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFrame, lonLatToMm, mmToLonLat, positionToMm } from '../../missions/geo/frame.ts';
import { centroid, distanceMm, interiorPoint } from '../../missions/geo/measure.ts';
import { type Random, seededRandom } from '../../missions/geo/random.ts';
import { type SubdividedCell, subdivide } from '../../missions/grid/subdivide.ts';
import { buildBoundary, DISTRICT_CENTRE } from './boundary.ts';
import { communityNames, largeName, microNames, type PlaceName, personName } from './names.ts';

/**
 * Makes the sample district: everything in it is invented and says so (`sample: true`). Run as a program it
 * writes sample-district.geojson and sample-bases.json beside itself; a test holds that the committed files are
 * exactly what this code makes.
 */

/** 30 large, 180 small, 2,000 micro cells: the district of reference in DESIGN.md. */
export const SAMPLE_COUNTS = [30, 180, 2000] as const;
const BOUNDARY_SEED = 7;
const CELL_SEED = 20_250;
const PEOPLE_SEED = 41;

/** A base of the sample fleet. Altitude is the ground's, above mean sea level. */
export interface SampleBase {
  readonly baseId: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: 'station' | 'room';
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly altitudeAmslM: number;
}

interface NamedCell extends SubdividedCell {
  readonly id: string;
  readonly parentId: string | null;
  readonly place: PlaceName;
}

/** The two files as text, ready to be written. */
export function generateSampleDistrict(): { readonly geojson: string; readonly bases: string } {
  const cells = nameCells(
    subdivide(buildBoundary(BOUNDARY_SEED), { counts: SAMPLE_COUNTS, seed: CELL_SEED, style: 'natural' }),
  );
  return { geojson: toGeoJson(cells), bases: `${JSON.stringify(placeBases(cells), null, 2)}\n` };
}

function nameCells(cells: readonly SubdividedCell[]): NamedCell[] {
  const random = seededRandom(CELL_SEED + 1);
  const small = cells.filter((c) => c.level === 2);
  const communities = communityNames(small.length, random);
  const microCounts = small.map(
    (s) => cells.filter((c) => c.level === 3 && c.parentIndex === s.index).length,
  );
  const microNamesOf = communities.map((community, i) =>
    microNames(community, microCounts[i] as number, random),
  );
  const usedInParent = new Map<number, number>();
  const smallIds: string[] = [];
  return cells.map((cell) => {
    const parentIndex = cell.parentIndex ?? 0;
    if (cell.level === 1) {
      return { ...cell, id: `L${pad(cell.index + 1, 2)}`, parentId: null, place: largeName(cell.index) };
    }
    if (cell.level === 2) {
      const id = `S${pad(cell.index + 1, 3)}`;
      smallIds.push(id);
      const community = communities[cell.index] as PlaceName;
      const place = {
        name: `${community.name}社区小网格`,
        nameEn: `${community.nameEn} Community Small Cell`,
      };
      return { ...cell, id, parentId: `L${pad(parentIndex + 1, 2)}`, place };
    }
    const nth = usedInParent.get(parentIndex) ?? 0;
    usedInParent.set(parentIndex, nth + 1);
    const place = (microNamesOf[parentIndex] as PlaceName[])[nth] as PlaceName;
    return { ...cell, id: `M${pad(cell.index + 1, 4)}`, parentId: smallIds[parentIndex] as string, place };
  });
}

function toGeoJson(cells: readonly NamedCell[]): string {
  const people = new People(seededRandom(PEOPLE_SEED));
  const lines = cells.map((cell) =>
    JSON.stringify({
      type: 'Feature',
      properties: {
        id: cell.id,
        level: cell.level,
        parent: cell.parentId,
        name: cell.place.name,
        nameEn: cell.place.nameEn,
        responsible: people.of(cell.level),
        sample: true,
      },
      geometry: cell.polygon,
    }),
  );
  const head = {
    type: 'FeatureCollection',
    name: 'Airgrid sample district',
    sample: true,
    notice:
      'Made-up sample data. Borders, names, people and telephone numbers are invented. 示例数据:边界、名称、人员与电话均为虚构。',
  };
  // One feature a line, so that a change shows as a few lines.
  return `${JSON.stringify(head).slice(0, -1)},"features":[\n${lines.join(',\n')}\n]}\n`;
}

/** Roles by level: chief and deputy of a large cell, community officer and helpers below. */
const ROLES: Readonly<Record<number, readonly string[]>> = {
  1: ['大网格长', '派出所包片领导', '网格督导员'],
  2: ['小网格长', '社区民警', '辅警'],
  3: ['微网格长', '网格员', '志愿者'],
};

class People {
  private readonly random: Random;
  private next = 0;

  constructor(random: Random) {
    this.random = random;
  }

  of(level: number): { name: string; role: string; phone: string }[] {
    const count = level === 3 ? 1 + Math.floor(this.random() * 2.3) : 2 + Math.floor(this.random() * 2);
    return (ROLES[level] as readonly string[]).slice(0, Math.min(3, count)).map((role) => ({
      name: personName(this.random),
      role,
      phone: this.phone(),
    }));
  }

  /** 199-0000-xxxx: no operator assigns a block of zeros. */
  private phone(): string {
    const n = this.next++ % 10_000;
    return `199-0000-${pad(n, 4)}`;
  }
}

/** Two stations and 27 rooms: the 29 large cells left when the most crowded one is skipped. */
function placeBases(cells: readonly NamedCell[]): SampleBase[] {
  const frame = createFrame(DISTRICT_CENTRE);
  const large = cells.filter((c) => c.level === 1);
  const sites = large.map((cell) => {
    const ring = (cell.polygon.coordinates[0] ?? []).slice(0, -1).map((p) => positionToMm(frame, p));
    const middle = interiorPoint([ring]) ?? centroid([ring]) ?? lonLatToMm(frame, DISTRICT_CENTRE);
    return { cell, point: middle };
  });
  const nearestOther = (i: number): number =>
    Math.min(
      ...sites
        .filter((_, k) => k !== i)
        .map((s) => distanceMm(s.point, (sites[i] as (typeof sites)[number]).point)),
    );
  const crowded = sites.map((_, i) => i).reduce((a, b) => (nearestOther(b) < nearestOther(a) ? b : a));
  const kept = sites.filter((_, i) => i !== crowded);
  const byNorth = [...kept].sort((a, b) => a.point.y - b.point.y);
  // The stations stand in the middle of the southern and of the northern half.
  const stations = new Set([byNorth[7]?.cell.id, byNorth[21]?.cell.id]);
  let rooms = 0;
  let stationCount = 0;
  return kept.map(({ cell, point }) => {
    const isStation = stations.has(cell.id);
    const { lonDeg, latDeg } = mmToLonLat(frame, point);
    const zh = cell.place.name.replace('大网格', '');
    const en = cell.place.nameEn.replace(' Large Cell', '');
    return {
      baseId: isStation ? `station-${++stationCount}` : `room-${pad(++rooms, 2)}`,
      name: isStation ? `${zh}派出所` : `${zh}警务室`,
      nameEn: isStation ? `${en} Police Station` : `${en} Police Room`,
      kind: isStation ? 'station' : 'room',
      lonDeg: Math.round(lonDeg * 1e7) / 1e7,
      latDeg: Math.round(latDeg * 1e7) / 1e7,
      altitudeAmslM: 150,
    };
  });
}

function pad(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}

/** Where the generated files stand. */
export const SAMPLE_DISTRICT_FILE = fileURLToPath(new URL('./sample-district.geojson', import.meta.url));
export const SAMPLE_BASES_FILE = fileURLToPath(new URL('./sample-bases.json', import.meta.url));

/** Writes both files; used by `REGEN=1 npx vitest run sim/district`. */
export function writeSampleDistrict(): void {
  const { geojson, bases } = generateSampleDistrict();
  writeFileSync(SAMPLE_DISTRICT_FILE, geojson);
  writeFileSync(SAMPLE_BASES_FILE, bases);
}
