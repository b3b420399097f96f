// Persistent patrol: a day flown by an independent simulator, against the density bound and against the cyclic and
// greedy strategies of the literature with the same drones, batteries and bases. Part of npm run bench:plan.
import {
  planPersistentPatrol,
  planRelay,
  replanPersistent,
  riskWeights,
} from '../../../dist/missions/index.js';
import { persistentCases } from './persistent-cases.mjs';
import { opponents } from './persistent-opponents.mjs';
import { metresBetween, simulate } from './persistent-simulate.mjs';

const DAY_S = 86_400;
const CYCLIC = ['cyclic', 'partition', 'nested'];
const GREEDY = ['greedy_reactive', 'greedy_pathfinder', 'greedy_rate'];
/** The district's cases are the long ones: a quick run flies two of them with fewer steps and the better opponents. */
const QUICK_LEFT_OUT = ['district.scattered124'];
const QUICK_STRONG = ['nested', 'greedy_pathfinder'];

const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;
const least = (values) => Math.min(...values.filter(Number.isFinite));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function flyCase(world, quick) {
  const isDistrict = world.name.startsWith('district');
  const request = {
    cells: world.cells,
    drones: world.drones,
    bases: world.bases,
    startS: 0,
    horizonS: DAY_S,
    ways: null,
    ...(isDistrict ? { searchStepsPerCell: quick ? 250 : 2000 } : {}),
  };
  const started = performance.now();
  const schedule = planPersistentPatrol(request);
  const tookS = (performance.now() - started) / 1000;
  const own = simulate(world, schedule.sorties, 0, DAY_S);
  if (own.faults.length > 0 || schedule.unserved.length > 0) {
    throw new Error(`${world.name}: ${own.faults[0] ?? `${schedule.unserved.length} cells unserved`}`);
  }
  const rivals = opponents(world, 0, DAY_S, quick && isDistrict ? QUICK_STRONG : [...CYCLIC, ...GREEDY]);
  const worst = {};
  for (const [name, sorties] of Object.entries(rivals)) {
    const flown = simulate(world, sorties, 0, DAY_S);
    if (flown.faults.length > 0) throw new Error(`${world.name}, ${name}: ${flown.faults[0]}`);
    worst[name] = flown.worst;
  }
  return {
    name: world.name,
    request,
    schedule,
    tookS,
    density: schedule.bounds.densityS,
    best: schedule.bounds.bestS,
    own: own.worst,
    mean: own.mean,
    cyclic: least(CYCLIC.map((name) => worst[name] ?? Number.NaN)),
    greedy: least(GREEDY.map((name) => worst[name] ?? Number.NaN)),
  };
}

/** Every drone of a 12-drone patrol lost in turn: the slowest answer, and that what comes of it can be flown. */
function dropOuts(flown, world, quick) {
  let slowest = 0;
  const drones = quick ? world.drones.slice(0, 4) : world.drones;
  for (const drone of drones) {
    const started = performance.now();
    const result = replanPersistent(
      flown.schedule,
      { kind: 'drone-lost', vehicleId: drone.vehicleId },
      40_000,
    );
    slowest = Math.max(slowest, performance.now() - started);
    const { faults } = simulate(world, result.schedule.sorties, 0, DAY_S);
    if (faults.length > 0) throw new Error(`after the loss of ${drone.vehicleId}: ${faults[0]}`);
  }
  return slowest;
}

/** A post and a beat held for a day: the longest time without anybody, from way points alone. */
function longestGapS(world) {
  const drones = world.drones
    .slice(0, 4)
    .map((drone, i) => ({ ...drone, baseId: world.bases[i % 2].baseId }));
  const middle = world.cells[Math.floor(world.cells.length / 2)].entry;
  const beat = [
    [0, 0],
    [0.004, 0],
    [0.004, 0.004],
    [0, 0.004],
  ].map(([x, y]) => ({
    lonDeg: middle.lonDeg + x,
    latDeg: middle.latDeg + y,
  }));
  let gap = 0;
  for (const path of [[middle], beat]) {
    const plan = planRelay({ beat: path, drones, bases: world.bases, startS: 0, untilS: DAY_S, ways: null });
    if (plan.issues.length > 0) throw new Error(plan.issues[0].message);
    plan.sorties.forEach((leaving, i) => {
      const next = plan.sorties[i + 1];
      if (next === undefined) return;
      const at = (sortie, timeS) => positionAt(sortie.waypoints, timeS);
      // Together: the one that relieves is where the other is, at the moment it leaves.
      const apartM = metresBetween(at(leaving, leaving.offStationS), at(next, leaving.offStationS));
      if (next.onStationS <= leaving.offStationS && apartM > 2)
        throw new Error(`hand-over ${apartM} m apart`);
      gap = Math.max(gap, next.onStationS - leaving.offStationS);
    });
    gap = Math.max(gap, DAY_S - plan.sorties[plan.sorties.length - 1].offStationS);
  }
  return Math.max(0, gap);
}

function positionAt(points, timeS) {
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b] = [points[i], points[i + 1]];
    if (timeS <= a.leaveS) return a.position;
    if (timeS > b.arriveS) continue;
    const share = b.arriveS === a.leaveS ? 1 : (timeS - a.leaveS) / (b.arriveS - a.leaveS);
    return {
      lonDeg: a.position.lonDeg + (b.position.lonDeg - a.position.lonDeg) * share,
      latDeg: a.position.latDeg + (b.position.latDeg - a.position.latDeg) * share,
    };
  }
  return points[points.length - 1].position;
}

/** @param {{quick: boolean}} options */
export async function measure({ quick }) {
  const worlds = persistentCases(riskWeights).filter(
    (world) => !quick || !QUICK_LEFT_OUT.includes(world.name),
  );
  const cases = worlds.map((world) => flyCase(world, quick));
  const of = (name) => cases.find((entry) => entry.name === name);
  const ratio = (name) => of(name).own / of(name).density;
  const small = worlds.find((world) => world.name === 'small.risk124');
  const replanMs = dropOuts(of('small.risk124'), small, quick);
  const dayS = Math.max(
    ...cases.filter((entry) => entry.name.startsWith('small')).map((entry) => entry.tookS),
  );
  const uniform = ratio('district.uniform');
  const risk = ratio('district.risk124');
  const cyclicLost = cases.filter((entry) => !(entry.own < entry.cyclic)).length;
  const greedyLost = cases.filter((entry) => !(entry.own < entry.greedy)).length;
  const gap = longestGapS(worlds.find((world) => world.name === 'small.uniform'));
  return [
    { metric: 'schedule_day_s', value: round(dayS, 2), unit: 's', bar: '<5', holds: dayS < 5 },
    { metric: 'replan_ms', value: round(replanMs, 0), unit: 'ms', bar: '<500', holds: replanMs < 500 },
    {
      metric: 'idleness_ratio.median',
      value: round(median(cases.map((entry) => entry.own / entry.density)), 3),
      unit: 'of density bound',
    },
    {
      metric: 'idleness_ratio.uniform',
      value: round(uniform, 3),
      unit: 'of density bound',
      bar: '<=1.15',
      holds: uniform <= 1.15,
    },
    {
      metric: 'idleness_ratio.risk124',
      value: round(risk, 3),
      unit: 'of density bound',
      bar: '<=1.35',
      holds: risk <= 1.35,
    },
    {
      metric: 'worse_than_cyclic_cases',
      value: cyclicLost,
      unit: 'cases',
      bar: '0',
      holds: cyclicLost === 0,
    },
    {
      metric: 'worse_than_greedy_cases',
      value: greedyLost,
      unit: 'cases',
      bar: '0',
      holds: greedyLost === 0,
    },
    { metric: 'handover_gap_s.max', value: round(gap, 3), unit: 's', bar: '0', holds: gap === 0 },
    ...cases.flatMap((entry) => [
      {
        metric: `idleness_case.${entry.name}`,
        value: round(entry.own / entry.density, 3),
        unit: 'of density bound',
      },
      {
        metric: `idleness_case.${entry.name}.best_bound`,
        value: round(entry.own / entry.best, 3),
        unit: 'of best bound',
      },
      {
        metric: `idleness_case.${entry.name}.cyclic`,
        value: round(entry.cyclic / entry.density, 3),
        unit: 'of density bound',
      },
      {
        metric: `idleness_case.${entry.name}.greedy`,
        value: round(entry.greedy / entry.density, 3),
        unit: 'of density bound',
      },
    ]),
  ];
}
