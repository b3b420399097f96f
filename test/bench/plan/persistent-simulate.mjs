// Flies a persistent schedule for its whole time and looks, knowing nothing of how it was made: only way points, times
// and what drones and bases can do. Own distance formula, own bookkeeping of batteries, pads and visits.

const RAD = Math.PI / 180;

/** Metres between two WGS-84 positions: local plane with the radii of curvature at the middle latitude. */
export function metresBetween(a, b) {
  const lat = ((a.latDeg + b.latDeg) / 2) * RAD;
  const w2 = 1 - 0.00669437999014 * Math.sin(lat) ** 2;
  const normal = 6378137 / Math.sqrt(w2);
  const meridian = (6378137 * (1 - 0.00669437999014)) / (w2 * Math.sqrt(w2));
  return Math.hypot(
    (b.lonDeg - a.lonDeg) * RAD * normal * Math.cos(lat),
    (b.latDeg - a.latDeg) * RAD * meridian,
  );
}

/** Times are compared with this slack, seconds, and distances with two in a thousand of it: two planes of projection. */
const SLACK_S = 0.05;
const SCALE_SLACK = 1.0006;

/**
 * @param {{cells: object[], drones: object[], bases: object[]}} world
 * @param {object[]} sorties
 * @param {number} startS @param {number} endS
 * @returns {{faults: string[], worst: number, mean: number, warmS: number, worstCell: string | null, visits: number}}
 *   worst and mean weighted idleness in seconds, of gaps that end after every cell was seen once
 */
export function simulate(world, sorties, startS, endS) {
  const faults = [];
  const visits = readVisits(world, sorties, faults);
  checkDrones(world, sorties, faults);
  checkPads(world, sorties, startS, endS, faults);
  return { faults, ...idleness(world, visits, startS, endS) };
}

function readVisits({ cells, drones }, sorties, faults) {
  const byId = new Map(cells.map((cell) => [cell.cellId, cell]));
  const speedOf = new Map(drones.map((drone) => [drone.vehicleId, drone.cruiseSpeedMps]));
  const visits = new Map(cells.map((cell) => [cell.cellId, []]));
  for (const sortie of sorties) {
    const speed = speedOf.get(sortie.vehicleId);
    const points = sortie.waypoints;
    for (let i = 0; i + 1 < points.length; i++) {
      const [a, b] = [points[i], points[i + 1]];
      const cell = a.cellId !== null && a.cellId === b.cellId ? byId.get(a.cellId) : undefined;
      const haveS = b.arriveS - a.leaveS;
      if (a.leaveS < a.arriveS) faults.push(`${sortie.sortieId}: leaves point ${i} before it arrives`);
      const needS = cell
        ? cell.serviceM / speed + cell.dwellS
        : metresBetween(a.position, b.position) / speed / SCALE_SLACK;
      if (haveS < needS - SLACK_S)
        faults.push(`${sortie.sortieId}: leg ${i} takes ${haveS} s, needs ${needS} s`);
      if (!cell) continue;
      const straight = near(a.position, cell.entry) && near(b.position, cell.exit);
      const turned = near(a.position, cell.exit) && near(b.position, cell.entry);
      if (!straight && !turned)
        faults.push(`${sortie.sortieId}: ${cell.cellId} is not served from end to end`);
      else visits.get(cell.cellId).push(b.arriveS);
      i++;
    }
  }
  return visits;
}

const near = (a, b) => metresBetween(a, b) < 0.5;

/** One flight after the other, from where it landed last, with a battery that is charged as long as it stands. */
function checkDrones({ drones, bases }, sorties, faults) {
  const baseOf = new Map(bases.map((base) => [base.baseId, base]));
  for (const drone of drones) {
    let at = drone.baseId;
    let charge = 1;
    let freeS = Number.NEGATIVE_INFINITY;
    const own = sorties.filter((s) => s.vehicleId === drone.vehicleId).sort((a, b) => a.startS - b.startS);
    for (const sortie of own) {
      const points = sortie.waypoints;
      if (sortie.startS < freeS - SLACK_S) faults.push(`${sortie.sortieId}: still flying or being handled`);
      if (sortie.fromBaseId !== at)
        faults.push(`${sortie.sortieId}: starts from ${sortie.fromBaseId}, stands at ${at}`);
      if (Number.isFinite(freeS) && drone.rechargeS > 0) {
        charge = Math.min(1, charge + Math.max(0, sortie.startS - freeS) / drone.rechargeS);
      } else charge = 1;
      const first = points[0];
      const last = points[points.length - 1];
      if (first.arriveS < sortie.startS - SLACK_S || first.leaveS - sortie.startS < drone.launchS - SLACK_S)
        faults.push(`${sortie.sortieId}: climbs too fast`);
      if (!near(first.position, baseOf.get(sortie.fromBaseId).position))
        faults.push(`${sortie.sortieId}: does not start at its base`);
      if (sortie.toBaseId !== null) {
        if (!near(last.position, baseOf.get(sortie.toBaseId).position))
          faults.push(`${sortie.sortieId}: does not end at its base`);
        if (sortie.backS - last.arriveS < drone.landS - SLACK_S)
          faults.push(`${sortie.sortieId}: lands too fast`);
      }
      charge -= (sortie.backS - sortie.startS) / drone.enduranceS;
      if (charge < -1e-4) faults.push(`${sortie.sortieId}: battery at ${charge.toFixed(4)}`);
      freeS = sortie.backS + drone.turnaroundS;
      at = sortie.toBaseId;
      if (at === null) break;
    }
  }
}

function checkPads({ drones, bases }, sorties, startS, endS, faults) {
  for (const base of bases) {
    let standing = drones.filter((drone) => drone.baseId === base.baseId).length;
    const events = [];
    for (const sortie of sorties) {
      if (sortie.fromBaseId === base.baseId) events.push([sortie.startS, -1]);
      if (sortie.toBaseId === base.baseId) events.push([sortie.backS, 1]);
    }
    events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [time, change] of events) {
      standing += change;
      if (standing > base.pads && time >= startS && time <= endS)
        faults.push(`base ${base.baseId}: ${standing} drones on ${base.pads} pads at ${time}`);
    }
  }
}

function idleness({ cells }, visits, startS, endS) {
  let warmS = startS;
  for (const cell of cells) {
    const first = Math.min(...visits.get(cell.cellId), endS);
    warmS = Math.max(warmS, first);
  }
  let worst = 0;
  let worstCell = null;
  let sum = 0;
  let count = 0;
  for (const cell of cells) {
    const times = visits
      .get(cell.cellId)
      .filter((t) => t <= endS)
      .sort((a, b) => a - b);
    // The time since the last visit counts at the end too, and a cell never seen since the start.
    const stops = [...times, endS];
    for (let i = 1; i < stops.length || (times.length === 0 && i === 1); i++) {
      const gap = times.length === 0 ? endS - startS : stops[i] - stops[i - 1];
      if (times.length > 0 && stops[i] <= warmS) continue;
      const weighted = gap * cell.weight;
      if (i < stops.length - 1) {
        sum += weighted;
        count++;
      }
      if (weighted > worst) {
        worst = weighted;
        worstCell = cell.cellId;
      }
    }
  }
  let total = 0;
  for (const times of visits.values()) total += times.length;
  return { worst, mean: count === 0 ? Number.NaN : sum / count, warmS, worstCell, visits: total };
}
