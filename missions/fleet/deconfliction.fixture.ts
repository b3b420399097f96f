import { mmToLonLat } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import type { SeparationMinima } from './deconfliction-approach.ts';
import type { FlightPoint, FlightTrack, PlannedFlight } from './deconfliction-track.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';

/** Flights for tests, in metres about the origin of the test shapes. Not part of the planner. */
export const point = (x: number, y: number, change: Partial<FlightPoint> = {}): FlightPoint => ({
  ...mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 }),
  heightM: null,
  ...change,
});

export function flightOf(
  flightId: string,
  route: readonly FlightPoint[],
  change: Partial<PlannedFlight> = {},
): PlannedFlight {
  return {
    flightId,
    routes: [route],
    layersM: null,
    startMs: 1_800_000_000_000,
    profile: SAMPLE_PROFILE,
    homeElevationAmslM: 150,
    hold: 'free',
    ...change,
  };
}

/** Flights from a few bases to random points and home again, all within a few minutes. */
export function randomFleet(
  seed: number,
  count: number,
  options: { bases: number; extentM: number; legs: number; spreadS: number },
): PlannedFlight[] {
  const random = seededRandom(seed);
  const somewhere = (): [number, number] => [random() * options.extentM, random() * options.extentM];
  const bases = Array.from({ length: options.bases }, () => ({
    at: somewhere(),
    elevationM: 150 + Math.round(random() * 20),
  }));
  return Array.from({ length: count }, (_, i) => {
    const base = bases[Math.floor(random() * bases.length)] ?? {
      at: [0, 0] as [number, number],
      elevationM: 150,
    };
    const legs = 1 + Math.floor(random() * options.legs);
    const route = (): FlightPoint[] => [
      point(...base.at),
      ...Array.from({ length: legs }, () =>
        point(...somewhere(), random() < 0.2 ? { dwellS: Math.round(random() * 40) } : {}),
      ),
      point(...base.at),
    ];
    const held = random();
    return flightOf(`f${i}`, route(), {
      routes: random() < 0.3 ? [route(), route()] : [route()],
      startMs: 1_800_000_000_000 + Math.round(random() * options.spreadS) * 1000,
      homeElevationAmslM: base.elevationM,
      hold: held < 0.08 ? 'airborne' : held < 0.15 ? 'fixed' : 'free',
    });
  });
}

/**
 * The judge: looks at every pair every `stepS` seconds, by plain interpolation, and knows nothing of pieces, slices or
 * indexes. The least of max(horizontal / minimum, vertical / minimum) of each pair.
 */
export function sampled(
  tracks: readonly FlightTrack[],
  minima: SeparationMinima,
  stepS: number,
): { a: string; b: string; separation: number; atS: number }[] {
  const out: { a: string; b: string; separation: number; atS: number }[] = [];
  const spans = tracks.map(
    (track) => [track.knots[0] ?? 0, track.knots[track.knots.length - 4] ?? 0] as const,
  );
  tracks.forEach((a, i) => {
    tracks.forEach((b, j) => {
      if (j <= i) return;
      const [fromA, toA] = spans[i] ?? [0, 0];
      const [fromB, toB] = spans[j] ?? [0, 0];
      let least = Number.POSITIVE_INFINITY;
      let when = 0;
      for (let t = Math.max(fromA, fromB); t <= Math.min(toA, toB); t += stepS) {
        const p = placeAt(a, t);
        const q = placeAt(b, t);
        const reach = minima.horizontalM + p[3] + q[3];
        const plan = Math.hypot(p[0] - q[0], p[1] - q[1]) / reach;
        const height = a.heightGroup === b.heightGroup ? Math.abs(p[2] - q[2]) / minima.verticalM : 0;
        if (Math.max(plan, height) < least) {
          least = Math.max(plan, height);
          when = t;
        }
      }
      if (Number.isFinite(least)) out.push({ a: a.flightId, b: b.flightId, separation: least, atS: when });
    });
  });
  return out;
}

const cursor = new WeakMap<FlightTrack, number>();

function placeAt(track: FlightTrack, t: number): [number, number, number, number] {
  const k = track.knots;
  let i = cursor.get(track) ?? 0;
  if ((k[i] ?? 0) > t) i = 0;
  while (i + 8 < k.length && (k[i + 4] ?? 0) < t) i += 4;
  cursor.set(track, i);
  const t0 = k[i] ?? 0;
  const share = Math.max(0, Math.min(1, (t - t0) / ((k[i + 4] ?? 0) - t0)));
  const mix = (o: number): number => (k[i + o] ?? 0) * (1 - share) + (k[i + 4 + o] ?? 0) * share;
  return [mix(1), mix(2), mix(3), track.radiiM[i / 4] ?? 0];
}
