import type { CrewPattern, PersistentRequest } from './model.ts';
import { slotCodes, slotTimeS } from './patterns.ts';

/**
 * The slot with which a changed rotation had best begin: that with which the worst weighted time since the last
 * visit, over the first round, is least. A cell never seen counts as seen when the rotation begins.
 */
export function bestFirstSlot(
  request: PersistentRequest,
  pattern: CrewPattern,
  firstStartS: number,
  lastSeen: ReadonlyMap<string, number>,
): number {
  const slots = pattern.groups * pattern.frames;
  const times = Array.from({ length: slots }, (_, slot) => slotTimeS(pattern, slot));
  const slotsOfCell = new Map<number, number[]>();
  for (let slot = 0; slot < slots; slot++) {
    for (const code of slotCodes(pattern, slot)) {
      const list = slotsOfCell.get(code >> 1);
      if (list === undefined) slotsOfCell.set(code >> 1, [slot]);
      else list.push(slot);
    }
  }
  const waiting = [...slotsOfCell].map(([i, list]) => {
    const cell = request.cells[i];
    const seen = cell === undefined ? undefined : lastSeen.get(cell.cellId);
    return { list, weight: cell?.weight ?? 0, sinceS: firstStartS - (seen ?? firstStartS) };
  });
  let best = 0;
  let bestWorst = Number.POSITIVE_INFINITY;
  for (let first = 0; first < slots; first++) {
    let worst = 0;
    for (const { list, weight, sinceS } of waiting) {
      let wait = pattern.cycleS;
      for (const slot of list) {
        const ahead = (times[slot] as number) - (times[first] as number);
        wait = Math.min(wait, ahead < 0 ? ahead + pattern.cycleS : ahead);
      }
      worst = Math.max(worst, weight * (sinceS + wait));
    }
    if (worst < bestWorst - 1e-9) {
      bestWorst = worst;
      best = first;
    }
  }
  return best;
}
