import { patchModel, readModel } from '../state/store.ts';

/** Selecting another cell closes the plan of the one before: a plan must never be read for the wrong cell. */
export function selectCell(cellId: string | null): void {
  const { selectedCellId, card } = readModel();
  if (selectedCellId === cellId) return;
  const keep = card?.kind === 'patrol' || (card?.kind === 'plan' && card.cellId === cellId);
  patchModel({ selectedCellId: cellId, card: keep ? card : null });
}
