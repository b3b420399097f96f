import * as highsModule from 'highs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { createFrame } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import type { ElevationModel, PathPoint, PatternPath } from '../model.ts';
import { type CorridorSample, fewestBreaks, flyableHeights, type SlopeLimits } from './fewest-breaks.ts';
import { type FollowTerrainOptions, followTerrain, slopeLimitsOf } from './follow.ts';
import { heightLimits } from './height-limits.ts';
import { groundDistanceM, onLeg } from './profile.ts';
import { CORNER, randomGround, randomPath } from './terrain.fixture.ts';

const CASES = Number(process.env.TERRAIN_CASES ?? 25);

const flat = (heightM: number): ElevationModel => ({ spacingM: 30, elevationAmslM: () => heightM });
const eastwards = (...metres: number[]): PathPoint[] => {
  const frame = createFrame(CORNER);
  return metres.map((m) => ({
    lonDeg: CORNER.lonDeg + (m * 1000) / frame.mmPerLonDeg,
    latDeg: CORNER.latDeg,
    heightM: null,
    actions: [],
  }));
};
const pathOf = (points: PathPoint[], datum: PatternPath['datum'] = 'above-terrain'): PatternPath => ({
  points,
  heightM: 60,
  datum,
  lengthM: points.slice(1).reduce((sum, p, i) => sum + groundDistanceM(points[i] as PathPoint, p), 0),
  warnings: [],
});
const AMSL: FollowTerrainOptions = { output: 'amsl', homeAmslM: null };

/** Ground by metres east of the corner; the same everywhere north and south. */
const ridge = (heightAtM: (eastM: number) => number): ElevationModel => {
  const frame = createFrame(CORNER);
  return {
    spacingM: 10,
    elevationAmslM: (lonDeg) => heightAtM(((lonDeg - CORNER.lonDeg) * frame.mmPerLonDeg) / 1000),
  };
};

describe('a path over flat ground', () => {
  it('needs no waypoint more and flies at exactly the asked height', () => {
    const result = followTerrain(pathOf(eastwards(0, 500, 1000)), flat(140), AMSL);
    expect(result).toMatchObject({
      kind: 'ok',
      addedPoints: 0,
      sourcePoints: [0, 1, 2],
      path: { datum: 'amsl', heightM: 200, points: [{ heightM: 200 }, { heightM: 200 }, { heightM: 200 }] },
      proof: { leastClearanceM: 60 },
    });
  });

  it('gives heights above home when asked to', () => {
    const result = followTerrain(pathOf(eastwards(0, 500)), flat(140), {
      output: 'above-home',
      homeAmslM: 150,
    });
    expect(result).toMatchObject({
      kind: 'ok',
      path: { datum: 'above-home', points: [{ heightM: 50 }, { heightM: 50 }] },
    });
  });

  it('keeps actions at their points', () => {
    const points = eastwards(0, 500).map((p): PathPoint => ({ ...p, actions: [{ kind: 'photo' }] }));
    const ground = ridge((m) => (m > 200 && m < 260 ? 40 : 0));
    const result = followTerrain(pathOf(points), ground, AMSL);
    if (result.kind !== 'ok') throw new Error('refused');
    expect(result.path.points.filter((p) => p.actions.length > 0)).toHaveLength(2);
    expect(result.path.points.length).toBeGreaterThan(2);
  });
});

describe('a path towards a cliff', () => {
  const cliff = ridge((m) => (m >= 500 ? 90 : 0));

  it('begins to climb early enough for the aircraft', () => {
    const limits = { climbGradient: 0.3, descentGradient: 0.2 };
    const result = followTerrain(pathOf(eastwards(0, 1000)), cliff, { ...AMSL, limits, toleranceM: 1 });
    if (result.kind !== 'ok') throw new Error('refused');
    const { points } = result.path;
    for (let i = 1; i < points.length; i++) {
      const a = points[i - 1] as PathPoint;
      const b = points[i] as PathPoint;
      const slope = ((b.heightM ?? 0) - (a.heightM ?? 0)) / groundDistanceM(a, b);
      expect(slope).toBeLessThanOrEqual(0.3 + 1e-3);
    }
    // 90 m at 0.3 take 300 m, and the climb is over before the cliff can be within reach.
    expect(points).toHaveLength(4);
    expect(points[2]?.heightM).toBeGreaterThanOrEqual(150);
    expect(groundDistanceM(points[0] as PathPoint, points[2] as PathPoint)).toBeLessThan(491);
  });

  it('is refused where early climbing breaks the height limit', () => {
    const limits = { climbGradient: 0.05, descentGradient: 0.2 };
    const result = followTerrain(pathOf(eastwards(0, 1000)), cliff, {
      ...AMSL,
      limits,
      maxAboveTerrainM: 120,
    });
    expect(result).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'terrain.above-limit', severity: 'error' }],
    });
  });

  it('lifts a path of fixed heights only where it is too low', () => {
    const result = followTerrain(pathOf(eastwards(0, 1000), 'amsl'), cliff, { ...AMSL, leastClearanceM: 30 });
    if (result.kind !== 'ok') throw new Error('refused');
    expect(result.path.points[0]?.heightM).toBe(60);
    expect(result.path.points.at(-1)?.heightM).toBe(120);
    expect(result.proof.leastClearanceM).toBeGreaterThanOrEqual(30);
  });
});

describe('what cannot be done is said', () => {
  it('unknown ground, with the place', () => {
    const hole: ElevationModel = {
      spacingM: 30,
      elevationAmslM: (lonDeg) => (lonDeg > CORNER.lonDeg + 0.005 ? null : 100),
    };
    const result = followTerrain(pathOf(eastwards(0, 1000)), hole, AMSL);
    expect(result).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'terrain.unknown-ground', details: { point: 0 } }],
    });
  });

  it.each<[string, PatternPath, FollowTerrainOptions]>([
    ['points', pathOf([]), AMSL],
    ['points[0].latDeg', pathOf([{ ...CORNER, latDeg: Number.NaN, heightM: 1, actions: [] }]), AMSL],
    ['points[0].heightM', pathOf([{ ...CORNER, heightM: Number.NaN, actions: [] }]), AMSL],
    ['homeAmslM', pathOf(eastwards(0, 9)), { output: 'above-home', homeAmslM: null }],
    ['homeAmslM', pathOf(eastwards(0, 9), 'above-home'), AMSL],
    ['toleranceM', pathOf(eastwards(0, 9)), { ...AMSL, toleranceM: -1 }],
    [
      'limits.climbGradient',
      pathOf(eastwards(0, 9)),
      { ...AMSL, limits: { climbGradient: 0, descentGradient: 1 } },
    ],
  ])('%s', (field, path, options) => {
    expect(followTerrain(path, flat(0), options)).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'plan.bad-request', details: { field } }],
    });
  });
});

describe('over random ground', () => {
  it('the clearance is never below what was asked, looked at every metre and by another way', () => {
    let looked = 0;
    for (let seed = 1; seed <= CASES; seed++) {
      const random = seededRandom(seed * 7919);
      const ground = randomGround(seed, { cliffs: seed % 2 === 0 });
      const datum = seed % 3 === 0 ? 'amsl' : 'above-terrain';
      const path = randomPath(random, datum, datum === 'amsl' ? 180 : 50);
      const positionErrorM = Math.round(random() * 25);
      const toleranceM = random() * 10;
      const limits = slopeLimitsOf(SAMPLE_PROFILE);
      const options = { ...AMSL, positionErrorM, toleranceM, limits, leastClearanceM: 40 };
      const result = followTerrain(path, ground, options);
      if (result.kind !== 'ok') throw new Error(`seed ${seed}: ${JSON.stringify(result.issues)}`);
      const { points } = result.path;
      expect(result.sourcePoints.filter((p) => p !== null)).toEqual(path.points.map((_, i) => i));
      for (let i = 1; i < points.length; i++) {
        const a = points[i - 1] as PathPoint;
        const b = points[i] as PathPoint;
        const lengthM = groundDistanceM(a, b);
        const rise = (b.heightM ?? 0) - (a.heightM ?? 0);
        // A centimetre of rounding at each end.
        expect(rise, `seed ${seed}`).toBeLessThanOrEqual(limits.climbGradient * lengthM + 0.02);
        expect(-rise, `seed ${seed}`).toBeLessThanOrEqual(limits.descentGradient * lengthM + 0.02);
        const askedM = datum === 'amsl' ? 40 : 50;
        for (let m = 0; m <= lengthM; m += 3) {
          const at = onLeg(a, b, m / lengthM);
          const z = (a.heightM ?? 0) + (rise * m) / lengthM;
          const angle = random() * 2 * Math.PI;
          const r = Math.sqrt(random()) * positionErrorM;
          const frame = createFrame(at);
          const groundM = ground.elevationAmslM(
            at.lonDeg + (Math.sin(angle) * r * 1000) / frame.mmPerLonDeg,
            at.latDeg + (Math.cos(angle) * r * 1000) / frame.mmPerLatDeg,
          );
          looked++;
          if (groundM === null || z - groundM < askedM - 1e-6) {
            throw new Error(`seed ${seed}: ${z} m over ground of ${groundM} m after point ${i - 1}`);
          }
        }
      }
    }
    expect(looked).toBeGreaterThan(CASES * 500);
  });

  it('is the same every time', () => {
    const run = () => followTerrain(randomPath(seededRandom(5), 'above-terrain', 50), randomGround(5), AMSL);
    expect(run()).toEqual(run());
  });
});

describe('the fewest break points', () => {
  let highs: highsModule.LegacyHighs;
  beforeAll(async () => {
    // The package's types declare no default export, its module has one.
    const { default: load } = highsModule as unknown as { default: () => Promise<highsModule.LegacyHighs> };
    highs = await load();
  });

  /** Can a profile that breaks only at these samples stay in the corridor? Heights at the breaks, as a linear program. */
  const isPossible = (
    samples: readonly CorridorSample[],
    breaks: readonly number[],
    limits: SlopeLimits,
  ): boolean => {
    const rows: string[] = [];
    for (let k = 0; k + 1 < breaks.length; k++) {
      const a = breaks[k] as number;
      const b = breaks[k + 1] as number;
      const from = samples[a] as CorridorSample;
      const run = (samples[b] as CorridorSample).alongM - from.alongM;
      rows.push(
        `z${b} - z${a} <= ${limits.climbGradient * run}`,
        `z${a} - z${b} <= ${limits.descentGradient * run}`,
      );
      for (let t = a + 1; t < b; t++) {
        const window = samples[t] as CorridorSample;
        const f = (window.alongM - from.alongM) / run;
        rows.push(`${1 - f} z${a} + ${f} z${b} >= ${window.lowestM - 1e-7}`);
        rows.push(`${1 - f} z${a} + ${f} z${b} <= ${window.highestM + 1e-7}`);
      }
    }
    const bounds = breaks.map((i) => `${samples[i]?.lowestM} <= z${i} <= ${samples[i]?.highestM}`);
    const text = `Minimize\n obj: z${breaks[0]}\nSubject To\n ${rows.map((r, i) => `c${i}: ${r}`).join('\n ')}\nBounds\n ${bounds.join('\n ')}\nEnd`;
    return highs.solve(text).Status === 'Optimal';
  };

  const bruteForce = (samples: readonly CorridorSample[], limits: SlopeLimits): number => {
    const free = samples.flatMap((s, i) => (s.isFree ? [i] : []));
    const paid = samples.flatMap((s, i) => (s.isFree ? [] : [i]));
    const sets = Array.from({ length: 2 ** paid.length }, (_, mask) =>
      paid.filter((_, k) => (mask >> k) & 1),
    );
    sets.sort((a, b) => a.length - b.length);
    const best = sets.find((set) =>
      isPossible(
        samples,
        [...free, ...set].sort((a, b) => a - b),
        limits,
      ),
    );
    return best?.length ?? -1;
  };

  it('are as few as any choice of samples allows', () => {
    const counts: number[] = [];
    for (let seed = 1; seed <= CASES; seed++) {
      const random = seededRandom(seed);
      const n = 5 + Math.floor(random() * 6);
      const limits = { climbGradient: 0.2 + random(), descentGradient: 0.2 + random() };
      const alongM = Array.from({ length: n }, (_, i) => i * 10);
      const lowest = flyableHeights(
        alongM,
        alongM.map(() => Math.round(random() * 12)),
        limits,
      );
      const toleranceM = 0.5 + random() * 4;
      const samples = lowest.map(
        (lowestM, i): CorridorSample => ({
          alongM: i * 10,
          lowestM,
          highestM: lowestM + toleranceM,
          isFree: i === 0 || i === n - 1 || random() < 0.15,
        }),
      );
      const breaks = fewestBreaks(samples, limits);
      const added = breaks?.filter((b) => samples[b.sample]?.isFree === false).length ?? -2;
      expect(added, `seed ${seed}`).toBe(bruteForce(samples, limits));
      expect(isPossible(samples, breaks?.map((b) => b.sample) ?? [], limits), `seed ${seed}`).toBe(true);
      counts.push(added);
    }
    // The cases must be worth something.
    expect(Math.max(...counts)).toBeGreaterThan(2);
  });

  it('there is no profile through a wall that is too steep', () => {
    const samples: CorridorSample[] = [
      { alongM: 0, lowestM: 0, highestM: 1, isFree: true },
      { alongM: 10, lowestM: 50, highestM: 51, isFree: true },
    ];
    expect(fewestBreaks(samples, { climbGradient: 1, descentGradient: 1 })).toBeNull();
  });
});

describe('height limits', () => {
  const valley = ridge((m) => (m > 300 && m < 600 ? -40 : 0));

  it('name each stretch that is too high above the ground', () => {
    const path = { ...pathOf(eastwards(0, 400, 1000), 'above-home'), heightM: 100 };
    const result = heightLimits(path, valley, { maxAboveTerrainM: 120, homeAmslM: 0 });
    expect(result.stretches).toHaveLength(1);
    expect(result.stretches[0]).toMatchObject({ fromPoint: 0, toPoint: 1, aboveTerrainM: 140 });
    expect(result).toMatchObject({
      leastAboveTerrainM: 100,
      mostAboveTerrainM: 140,
      issues: [{ code: 'terrain.above-limit' }],
    });
  });

  it('ask for home when heights are counted from it', () => {
    const result = heightLimits(pathOf(eastwards(0, 9), 'above-home'), valley, { maxAboveTerrainM: 120 });
    expect(result.issues).toMatchObject([{ code: 'plan.bad-request', details: { field: 'homeAmslM' } }]);
  });

  it('need no ground for an aircraft that follows it by itself', () => {
    const nowhere: ElevationModel = { spacingM: 30, elevationAmslM: () => null };
    expect(heightLimits(pathOf(eastwards(0, 900)), nowhere, { maxAboveTerrainM: 50 }).stretches).toHaveLength(
      1,
    );
    expect(heightLimits(pathOf(eastwards(0, 900)), nowhere, { maxAboveTerrainM: 60 }).issues).toEqual([]);
  });
});
