import type { PersistentRequest } from './model.ts';
import { createTravel, type Travel } from './travel.ts';

const known = new WeakMap<PersistentRequest, Travel>();

/** Places of a request: entry and exit of cell i at 2i and 2i + 1, then the bases. Made once for each request. */
export function travelOf(request: PersistentRequest): Travel {
  const found = known.get(request);
  if (found !== undefined) return found;
  const travel = createTravel(
    [
      ...request.cells.flatMap((cell) => [cell.entry, cell.exit]),
      ...request.bases.map((base) => base.position),
    ],
    request.ways,
  );
  known.set(request, travel);
  return travel;
}

/** Place of each base by its id. */
export function basePlaces(request: PersistentRequest): ReadonlyMap<string, number> {
  return new Map(request.bases.map((base, b) => [base.baseId, 2 * request.cells.length + b]));
}
