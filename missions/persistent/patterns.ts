import type { Crew } from './build-rotation.ts';
import type { CellPromise, CrewPattern, PatrolCell, PatrolDrone } from './model.ts';
import { frameTimes, nodesPerGroup, type Rotation } from './rotation.ts';

/** The part of a rotation that belongs to one crew, as data. */
export function toPattern(
  rotation: Rotation,
  c: number,
  crew: Crew,
  start: { readonly rotationId: string; readonly firstSlot: number; readonly firstStartS: number },
): CrewPattern {
  const perGroup = nodesPerGroup(rotation);
  const { offsetsS, frameS } = frameTimes(rotation, c);
  const segments: number[][] = [];
  let groups = 0;
  rotation.crewOfGroup.forEach((owner, group) => {
    if (owner !== c) return;
    groups++;
    for (let k = 0; k < perGroup; k++)
      segments.push([...(rotation.segments[group * perGroup + k] as number[])]);
  });
  return {
    crewId: crew.crewId,
    rotationId: start.rotationId,
    baseId: crew.baseId,
    vehicleIds: crew.drones.map((drone) => drone.vehicleId),
    frames: rotation.frames,
    groups,
    segments,
    offsetsS,
    frameS,
    cycleS: frameS * rotation.frames,
    firstSlot: start.firstSlot,
    firstStartS: start.firstStartS,
  };
}

/** Codes of one slot of a rotation in flying order. Slot g + groups·f is group g in frame f. */
export function slotCodes(pattern: CrewPattern, slot: number): number[] {
  const group = slot % pattern.groups;
  const frame = Math.floor(slot / pattern.groups);
  const codes: number[] = [];
  for (let width = 1; width <= pattern.frames; width *= 2) {
    const node = group * (2 * pattern.frames - 1) + width - 1 + (frame & (width - 1));
    codes.push(...(pattern.segments[node] ?? []));
  }
  return codes;
}

/** For each cell of a pattern: how often it comes in a cycle is 1/2^depth of the frames. */
export function patternDepths(pattern: CrewPattern): Map<number, number> {
  const depths = new Map<number, number>();
  const perGroup = 2 * pattern.frames - 1;
  pattern.segments.forEach((segment, node) => {
    const depth = 31 - Math.clz32((node % perGroup) + 1);
    for (const code of segment) depths.set(code >> 1, depth);
  });
  return depths;
}

/** What each cell can count on, in the order of the cells. */
export function promisesOf(crews: readonly CrewPattern[], cells: readonly PatrolCell[]): CellPromise[] {
  const found = new Map<number, CellPromise>();
  for (const pattern of crews) {
    for (const [i, depth] of patternDepths(pattern)) {
      const cell = cells[i] as PatrolCell;
      found.set(i, {
        cellId: cell.cellId,
        crewId: pattern.crewId,
        weight: cell.weight,
        intervalS: (pattern.cycleS / pattern.frames) * 2 ** depth,
      });
    }
  }
  return cells.flatMap((_cell, i) => found.get(i) ?? []);
}

export function worstWeighted(promises: readonly CellPromise[]): number {
  return promises.reduce((worst, promise) => Math.max(worst, promise.weight * promise.intervalS), 0);
}

/** When a slot starts after the rotation began with slot 0, seconds. */
export function slotTimeS(pattern: CrewPattern, slot: number): number {
  return Math.floor(slot / pattern.groups) * pattern.frameS + (pattern.offsetsS[slot % pattern.groups] ?? 0);
}

/** From the start of one slot to that of the next one. */
export function toNextSlotS(pattern: CrewPattern, slot: number): number {
  const next = slot + 1;
  return next % pattern.groups === 0
    ? pattern.frameS - (pattern.offsetsS[pattern.groups - 1] ?? 0)
    : (pattern.offsetsS[next % pattern.groups] ?? 0) - (pattern.offsetsS[slot % pattern.groups] ?? 0);
}

export function droneOf(drones: readonly PatrolDrone[], vehicleId: string): PatrolDrone | undefined {
  return drones.find((drone) => drone.vehicleId === vehicleId);
}
