// The strategies of the patrolling literature, with the same drones, batteries and bases.
// Cyclic: Chevaleyre, "Theoretical analysis of the multi-agent patrolling problem" (IAT 2004): one closed tour.
// Partition: the same paper; nested: cycles of each weight class inside each other (Alamdari, Fata, Smith 2014).
// Greedy: conscientious reactive and heuristic pathfinder of Machado et al. (MABS 2002) and Almeida et al. (SBIA 2004),
// coordinated (no two drones head for one cell), with weighted idleness.
import { metresBetween } from './persistent-simulate.mjs';

const STRATEGIES = {
  cyclic: (world, table, startS, endS) => cyclic(world, table, startS, endS),
  partition: (world, table, startS, endS) => partition(world, table, startS, endS, false),
  nested: (world, table, startS, endS) => partition(world, table, startS, endS, true),
  greedy_reactive: (world, table, startS, endS) => greedy(world, table, startS, endS, 'reactive'),
  greedy_pathfinder: (world, table, startS, endS) => greedy(world, table, startS, endS, 'pathfinder'),
  greedy_rate: (world, table, startS, endS) => greedy(world, table, startS, endS, 'rate'),
};

/** Sorties by name of strategy. @returns {Record<string, object[]>} */
export function opponents(world, startS, endS, names = Object.keys(STRATEGIES)) {
  const table = distances(world);
  return Object.fromEntries(names.map((name) => [name, STRATEGIES[name](world, table, startS, endS)]));
}

function distances({ cells, bases }) {
  const n = cells.length;
  const out = new Float32Array((n + bases.length) * n);
  const positions = [...cells.map((cell) => cell.entry), ...bases.map((base) => base.position)];
  positions.forEach((p, i) => {
    for (let j = 0; j < n; j++) out[i * n + j] = metresBetween(p, cells[j].entry);
  });
  return { n, leg: (from, cell) => out[from * n + cell], base: (index) => n + index };
}

const serviceS = (cell, drone) => cell.serviceM / drone.cruiseSpeedMps + cell.dwellS;

/** A closed tour by nearest neighbour, 2-opt and Or-opt on neighbour lists until nothing gets shorter. */
export function tourOf(cells, leg) {
  const left = new Set(cells);
  const tour = [];
  let at = cells[0];
  while (left.size > 0) {
    let best = at;
    let least = Number.POSITIVE_INFINITY;
    for (const c of left) {
      const d = tour.length === 0 ? (c === at ? 0 : 1) : leg(at, c);
      if (d < least) [best, least] = [c, d];
    }
    left.delete(best);
    tour.push(best);
    at = best;
  }
  const n = tour.length;
  if (n < 5) return tour;
  const lists = new Map(tour.map((c) => [c, nearestOf(leg, tour, c, 8)]));
  const place = new Map(tour.map((c, i) => [c, i]));
  const reverse = (i, j) => {
    for (; i <= j; i++, j--) {
      [tour[i], tour[j]] = [tour[j], tour[i]];
      place.set(tour[i], i);
      place.set(tour[j], j);
    }
  };
  for (let pass = 0, better = true; better && pass < 60; pass++) {
    better = false;
    for (const c of [...tour]) {
      for (const o of lists.get(c)) {
        const i = Math.min(place.get(c), place.get(o));
        const j = Math.max(place.get(c), place.get(o));
        if (j - i < 2 || (i === 0 && j === n - 1)) continue;
        const [a, b, d, e] = [tour[i], tour[i + 1], tour[j], tour[(j + 1) % n]];
        if (leg(a, d) + leg(b, e) < leg(a, b) + leg(d, e) - 1e-6) {
          reverse(i + 1, j);
          better = true;
        }
      }
      const i = place.get(c);
      const [p, q] = [tour[(i + n - 1) % n], tour[(i + 1) % n]];
      const gain = leg(p, c) + leg(c, q) - leg(p, q);
      for (const o of lists.get(c)) {
        const j = place.get(o);
        const next = tour[(j + 1) % n];
        if (o === p || o === c || next === c) continue;
        if (leg(o, c) + leg(c, next) - leg(o, next) < gain - 1e-6) {
          tour.splice(place.get(c), 1);
          tour.splice(tour.indexOf(o) + 1, 0, c);
          for (let k = 0; k < n; k++) place.set(tour[k], k);
          better = true;
          break;
        }
      }
    }
  }
  return tour;
}

function airS(drone, table, base, list, cells) {
  let metres = table.leg(table.base(base), list[0]);
  let seconds = drone.launchS + drone.landS;
  list.forEach((c, i) => {
    if (i > 0) metres += table.leg(list[i - 1], c);
    seconds += serviceS(cells[c], drone);
  });
  metres += table.leg(table.base(base), list[list.length - 1]);
  return metres / drone.cruiseSpeedMps + seconds;
}

/** A list of cells cut into the longest flights that the battery allows. */
function cut(list, drone, base, table, cells) {
  const flights = [];
  let flight = [];
  for (const c of list) {
    if (flight.length > 0 && airS(drone, table, base, [...flight, c], cells) > drone.enduranceS * 0.999) {
      flights.push(flight);
      flight = [];
    }
    flight.push(c);
  }
  if (flight.length > 0) flights.push(flight);
  return flights;
}

function fly(world, drone, baseIndex, list, startS) {
  const { cells, bases } = world;
  const base = bases[baseIndex];
  const speed = drone.cruiseSpeedMps;
  let now = startS + drone.launchS;
  let at = base.position;
  const waypoints = [{ position: at, arriveS: startS, leaveS: now, cellId: null }];
  for (const c of list) {
    const cell = cells[c];
    now += metresBetween(at, cell.entry) / speed;
    waypoints.push({ position: cell.entry, arriveS: now, leaveS: now, cellId: cell.cellId });
    now += serviceS(cell, drone);
    waypoints.push({ position: cell.exit, arriveS: now, leaveS: now, cellId: cell.cellId });
    at = cell.exit;
  }
  now += metresBetween(at, base.position) / speed;
  const backS = now + drone.landS;
  waypoints.push({ position: base.position, arriveS: now, leaveS: backS, cellId: null });
  return {
    sortieId: `${drone.vehicleId}@${Math.round(startS)}`,
    vehicleId: drone.vehicleId,
    fromBaseId: base.baseId,
    toBaseId: base.baseId,
    startS,
    backS,
    chargeUntilS: backS + drone.turnaroundS + ((backS - startS) / drone.enduranceS) * drone.rechargeS,
    waypoints,
  };
}

const crewsByBase = ({ bases, drones }) =>
  bases
    .map((base, index) => ({ index, drones: drones.filter((d) => d.baseId === base.baseId) }))
    .filter((c) => c.drones.length > 0);

/** Flights of a base in order, again and again, by whichever drone is ready. */
function rotate(world, crew, flights, startS, endS) {
  const ready = crew.drones.map((drone, k) => ({
    drone,
    // Spread over the first flight and charge, as they would be after a day.
    readyS: startS + (k * (drone.enduranceS + drone.rechargeS)) / crew.drones.length,
  }));
  const sorties = [];
  if (flights.length === 0) return sorties;
  for (let k = 0; ; k = (k + 1) % flights.length) {
    ready.sort((a, b) => a.readyS - b.readyS);
    if (ready[0].readyS >= endS) return sorties;
    const sortie = fly(world, ready[0].drone, crew.index, flights[k], ready[0].readyS);
    sorties.push(sortie);
    ready[0].readyS = sortie.chargeUntilS;
  }
}

function cyclic(world, table, startS, endS) {
  const { cells } = world;
  const crews = crewsByBase(world);
  const tour = tourOf(
    cells.map((_c, i) => i),
    table.leg,
  );
  // Shifts along the one tour; each is flown from the base that is nearest to it, in the order of the tour.
  const lists = crews.map(() => []);
  let flight = [];
  let owner = 0;
  const nearest = (c) =>
    crews.reduce(
      (best, crew, k) =>
        table.leg(table.base(crew.index), c) < table.leg(table.base(crews[best].index), c) ? k : best,
      0,
    );
  for (const c of tour) {
    if (flight.length === 0) owner = nearest(c);
    const { drones, index } = crews[owner];
    if (
      flight.length > 0 &&
      airS(drones[0], table, index, [...flight, c], cells) > drones[0].enduranceS * 0.999
    ) {
      lists[owner].push(flight);
      flight = [];
      owner = nearest(c);
    }
    flight.push(c);
  }
  if (flight.length > 0) lists[owner].push(flight);
  return crews.flatMap((crew, k) => rotate(world, crew, lists[k], startS, endS));
}

function partition(world, table, startS, endS, nested) {
  const { cells } = world;
  const crews = crewsByBase(world);
  const price = crews.map(() => 0);
  let owner = [];
  const work = (c) => (nested ? cells[c].weight : 1) * (serviceS(cells[c], crews[0].drones[0]) + 15);
  for (let round = 0; round < 120; round++) {
    owner = cells.map((_cell, c) =>
      crews.reduce(
        (best, crew, k) =>
          table.leg(table.base(crew.index), c) + price[k] <
          table.leg(table.base(crews[best].index), c) + price[best]
            ? k
            : best,
        0,
      ),
    );
    const load = crews.map(
      (crew, k) => owner.reduce((sum, o, c) => sum + (o === k ? work(c) : 0), 0) / crew.drones.length,
    );
    const meanLoad = load.reduce((a, b) => a + b, 0) / crews.length;
    load.forEach((l, k) => {
      price[k] += 600 * (1 - round / 120) * Math.max(-1, Math.min(1, l / meanLoad - 1));
    });
  }
  return crews.flatMap((crew, k) => {
    const mine = cells.map((_cell, c) => c).filter((c) => owner[c] === k);
    if (mine.length === 0) return [];
    let list;
    if (nested) {
      const most = Math.max(...mine.map((c) => cells[c].weight));
      const rounds = 2 ** Math.round(Math.log2(most / Math.min(...mine.map((c) => cells[c].weight))));
      list = [];
      const classes = [...new Set(mine.map((c) => cells[c].weight))].sort((a, b) => b - a);
      const tours = classes.map((w) => ({
        every: Math.min(rounds, 2 ** Math.round(Math.log2(most / w))),
        tour: tourOf(
          mine.filter((c) => cells[c].weight === w),
          table.leg,
        ),
      }));
      for (let r = 0; r < rounds; r++) {
        for (const { every, tour } of tours) {
          const part = r % every;
          list.push(
            ...tour.slice(
              Math.floor((part * tour.length) / every),
              Math.floor(((part + 1) * tour.length) / every),
            ),
          );
        }
      }
    } else list = tourOf(mine, table.leg);
    return rotate(world, crew, cut(list, crew.drones[0], crew.index, table, cells), startS, endS);
  });
}

function greedy(world, table, startS, endS, kind) {
  const { cells, bases } = world;
  const last = cells.map(() => startS - 1);
  const heading = new Uint8Array(cells.length);
  const near =
    kind === 'reactive' ? cells.map((_c, i) => nearestOf(table.leg, [...cells.keys()], i, 8)) : null;
  const sorties = [];
  const agents = world.drones.map((drone, k) => ({
    drone,
    base: bases.findIndex((base) => base.baseId === drone.baseId),
    list: [],
    at: -1,
    target: -1,
    startedS: 0,
    nowS: startS + k * 7,
  }));
  for (;;) {
    const agent = agents.reduce((a, b) => (b.nowS < a.nowS ? b : a));
    if (agent.nowS >= endS) return sorties;
    const { drone } = agent;
    if (agent.target >= 0) {
      last[agent.target] = agent.nowS;
      heading[agent.target] = 0;
      agent.target = -1;
    }
    if (agent.list.length === 0) {
      agent.startedS = agent.nowS;
      agent.at = table.base(agent.base);
      agent.nowS += drone.launchS;
    }
    const choose = (candidates) => {
      let best = -1;
      let bestScore = Number.NEGATIVE_INFINITY;
      for (const c of candidates) {
        if (heading[c] || c === agent.at) continue;
        const legS = table.leg(agent.at, c) / drone.cruiseSpeedMps;
        const service = serviceS(cells[c], drone);
        const backS =
          agent.nowS +
          legS +
          service +
          table.leg(table.base(agent.base), c) / drone.cruiseSpeedMps +
          drone.landS;
        if (backS - agent.startedS > drone.enduranceS * 0.999) continue;
        const idle = cells[c].weight * (agent.nowS + legS - last[c]);
        const score =
          kind === 'rate' ? idle / (legS + service) : kind === 'pathfinder' ? idle - 12 * legS : idle;
        if (score > bestScore) [best, bestScore] = [c, score];
      }
      return best;
    };
    const all = cells.keys();
    let best = near !== null && agent.at < cells.length ? choose(near[agent.at]) : -1;
    if (best < 0) best = choose(all);
    if (best < 0) {
      if (agent.list.length === 0) {
        agent.nowS = endS;
        continue;
      }
      const sortie = fly(world, drone, agent.base, agent.list, agent.startedS);
      sorties.push(sortie);
      agent.list = [];
      agent.nowS = sortie.chargeUntilS;
      continue;
    }
    agent.list.push(best);
    agent.nowS += table.leg(agent.at, best) / drone.cruiseSpeedMps + serviceS(cells[best], drone);
    agent.at = best;
    agent.target = best;
    heading[best] = 1;
  }
}

function nearestOf(leg, cells, c, count) {
  const near = [];
  for (const o of cells) {
    const d = leg(c, o);
    if (o === c || (near.length === count && d >= near[count - 1][1])) continue;
    near.push([o, d]);
    near.sort((a, b) => a[1] - b[1]);
    if (near.length > count) near.pop();
  }
  return near.map(([o]) => o);
}
