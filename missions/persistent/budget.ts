import {
  addGroup,
  type CrewNumbers,
  indexNode,
  nodeIndex,
  type Rotation,
  sortieAirS,
  sortieCodes,
} from './rotation.ts';
import { placeWithinBudget } from './search.ts';

/** Time in the air that a cell takes when nothing else is flown, seconds; Infinity without a way. */
export function aloneS(
  rotation: Pick<Rotation, 'travel' | 'cells'>,
  crew: CrewNumbers,
  cell: number,
): number {
  const { travel, cells } = rotation;
  const metres =
    travel.metres(crew.basePlace, cells.begin[2 * cell] as number) +
    (cells.serviceM[cell] as number) +
    travel.metres(cells.finish[2 * cell] as number, crew.basePlace);
  return metres / crew.speedMps + (cells.dwellS[cell] as number) + crew.verticalS;
}

/** Sorties that take more than a battery gives. */
export function overBudget(rotation: Rotation): { readonly group: number; readonly frame: number }[] {
  const found: { group: number; frame: number }[] = [];
  for (let group = 0; group < rotation.crewOfGroup.length; group++) {
    const crew = rotation.crews[rotation.crewOfGroup[group] as number] as CrewNumbers;
    for (let frame = 0; frame < rotation.frames; frame++) {
      if (sortieAirS(rotation, group, frame) > crew.enduranceS) found.push({ group, frame });
    }
  }
  return found;
}

/**
 * Makes every sortie fit its battery: a cell of a sortie that does not is moved where it fits, and where it fits
 * nowhere the crew gets one more slot a frame. Ends because a slot with one cell fits (`canServe`) and every pass
 * shortens a sortie that was too long and makes no other one so.
 */
export function fitBudgets(rotation: Rotation, canServe: (crew: number, cell: number) => boolean): void {
  for (let guard = 0; guard < 4 * rotation.cells.count + 8; guard++) {
    const first = overBudget(rotation)[0];
    if (first === undefined) return;
    const codes = sortieCodes(rotation, first.group, first.frame);
    const cell = (codes[codes.length - 1] as number) >> 1;
    takeOut(rotation, cell);
    const able = rotation.crews.map((_crew, c) => c).filter((c) => canServe(c, cell));
    if (placeWithinBudget(rotation, cell, able)) continue;
    const crew = able.reduce((a, b) =>
      aloneS(rotation, rotation.crews[b] as CrewNumbers, cell) <
      aloneS(rotation, rotation.crews[a] as CrewNumbers, cell)
        ? b
        : a,
    );
    const target = nodeIndex(rotation, addGroup(rotation, crew), rotation.cells.depth[cell] as number, 0);
    rotation.segments[target] = [2 * cell];
    indexNode(rotation, target);
  }
}

/** Takes a cell out of its node; a cell without one stays so. */
export function takeOut(rotation: Rotation, cell: number): void {
  const node = rotation.nodeOf[cell] as number;
  if (node < 0) return;
  rotation.segments[node] = (rotation.segments[node] as number[]).filter((code) => code >> 1 !== cell);
  indexNode(rotation, node);
  rotation.nodeOf[cell] = -1;
}
