import { api, toProblem } from './api.ts';
import { patchModel, setCells } from './store.ts';

/** Cells and outlines together: a tree without its map, or the other way round, would mislead. */
export async function loadGrid(): Promise<void> {
  try {
    const [cells, outlines] = await Promise.all([api.cells(), api.outlines()]);
    setCells(cells);
    patchModel({ outlines });
  } catch (error) {
    patchModel({ gridProblem: toProblem(error).code });
  }
}
