/** What panels may ask of the map without loading it: the map listens once it is there. */
export type MapCommand =
  | { readonly kind: 'fly-to'; readonly lonDeg: number; readonly latDeg: number; readonly zoom?: number }
  | { readonly kind: 'fit-cell'; readonly cellId: string }
  | { readonly kind: 'fit-lines'; readonly lines: readonly (readonly (readonly [number, number])[])[] }
  | { readonly kind: 'zoom'; readonly by: 1 | -1 }
  | { readonly kind: 'fit-district' };

type Listener = (command: MapCommand) => void;

const listeners = new Set<Listener>();
/** The newest command given before the map was there. */
let waiting: MapCommand | null = null;

export function listenToMapCommands(listener: Listener): () => void {
  listeners.add(listener);
  if (waiting !== null) listener(waiting);
  waiting = null;
  return () => listeners.delete(listener);
}

export function commandMap(command: MapCommand): void {
  if (listeners.size === 0) waiting = command;
  for (const listener of listeners) listener(command);
}

export const flyTo = (lonDeg: number, latDeg: number): void => commandMap({ kind: 'fly-to', lonDeg, latDeg });
export const fitCell = (cellId: string): void => commandMap({ kind: 'fit-cell', cellId });
export const fitDistrict = (): void => commandMap({ kind: 'fit-district' });
