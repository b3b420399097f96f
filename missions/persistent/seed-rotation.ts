import { type CrewNumbers, indexNode, nodeIndex, type Rotation } from './rotation.ts';

/**
 * A first rotation to search from: the cells of each crew sorted by the angle at which they are seen from the base
 * and cut into groups of equal work (petals); inside a group each class again by angle, into the sets of its frames.
 */
export function seedRotation(rotation: Rotation, owner: Int32Array, work: Float64Array): void {
  const { cells, crews } = rotation;
  for (let c = 0; c < crews.length; c++) {
    const mine: number[] = [];
    for (let i = 0; i < cells.count; i++) if (owner[i] === c) mine.push(i);
    const groups: number[] = [];
    rotation.crewOfGroup.forEach((crew, group) => {
      if (crew === c) groups.push(group);
    });
    if (mine.length === 0 || groups.length === 0) continue;
    const crew = crews[c] as CrewNumbers;
    const petals = cutEvenly(
      byAngle(rotation, mine, crew.basePlace),
      groups.length,
      (i) => (work[i] as number) / 2 ** (cells.depth[i] as number),
    );
    petals.forEach((petal, k) => {
      fillGroup(rotation, groups[k] as number, petal, work);
    });
  }
  for (let node = 0; node < rotation.segments.length; node++) indexNode(rotation, node);
}

function fillGroup(rotation: Rotation, group: number, petal: readonly number[], work: Float64Array): void {
  for (let depth = 0; depth < rotation.levels; depth++) {
    const ofDepth = petal.filter((i) => rotation.cells.depth[i] === depth);
    const parts = cutEvenly(ofDepth, 1 << depth, (i) => work[i] as number);
    parts.forEach((part, k) => {
      // Neighbouring parts share as many of the sets before them as they can: bit reversal.
      const node = nodeIndex(rotation, group, depth, reverseBits(k, depth));
      rotation.segments[node] = nearestFirst(rotation, group, part);
    });
  }
}

function nearestFirst(rotation: Rotation, group: number, part: readonly number[]): number[] {
  const { travel, cells, crews, crewOfGroup } = rotation;
  const left = new Set(part);
  const order: number[] = [];
  let at = (crews[crewOfGroup[group] as number] as CrewNumbers).basePlace;
  while (left.size > 0) {
    let best = -1;
    let bestWay = Number.POSITIVE_INFINITY;
    for (const i of left) {
      for (const code of [2 * i, 2 * i + 1]) {
        const way = travel.metres(at, cells.begin[code] as number);
        if (way < bestWay || best < 0) {
          bestWay = way;
          best = code;
        }
      }
    }
    order.push(best);
    left.delete(best >> 1);
    at = cells.finish[best] as number;
  }
  return order;
}

function byAngle(rotation: Rotation, mine: readonly number[], basePlace: number): number[] {
  const { travel, cells } = rotation;
  const bx = travel.x[basePlace] as number;
  const by = travel.y[basePlace] as number;
  const angled = mine
    .map((i) => {
      const place = cells.begin[2 * i] as number;
      return { i, angle: Math.atan2((travel.y[place] as number) - by, (travel.x[place] as number) - bx) };
    })
    .sort((a, b) => a.angle - b.angle || a.i - b.i);
  // Begin behind the widest gap, so that no petal reaches across it.
  let start = 0;
  let widest = -1;
  angled.forEach((entry, k) => {
    const before = angled[(k + angled.length - 1) % angled.length] as { angle: number };
    const gap = (entry.angle - before.angle + 4 * Math.PI) % (2 * Math.PI);
    if (gap > widest) {
      widest = gap;
      start = k;
    }
  });
  return [...angled.slice(start), ...angled.slice(0, start)].map((entry) => entry.i);
}

/** Cuts a list into `count` runs whose sums are as even as a single pass makes them. */
function cutEvenly(list: readonly number[], count: number, size: (i: number) => number): number[][] {
  const total = list.reduce((sum, i) => sum + size(i), 0);
  const parts: number[][] = Array.from({ length: count }, () => []);
  let sum = 0;
  for (const i of list) {
    const middle = sum + size(i) / 2;
    const k = total === 0 ? 0 : Math.min(count - 1, Math.floor((middle / total) * count));
    (parts[k] as number[]).push(i);
    sum += size(i);
  }
  return parts;
}

function reverseBits(value: number, bits: number): number {
  let out = 0;
  for (let b = 0; b < bits; b++) if ((value >> b) & 1) out |= 1 << (bits - 1 - b);
  return out;
}

/** Empty segments for every group. */
export function emptySegments(groups: number, frames: number): number[][] {
  return Array.from({ length: groups * (2 * frames - 1) }, () => []);
}
