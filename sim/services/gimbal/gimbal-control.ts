import { RESULT } from '../../vehicle/command.ts';

/** Who may point a gimbal (DO_GIMBAL_MANAGER_CONFIGURE); secondary control is in neither autopilot. */
export interface Holder {
  readonly systemId: number;
  readonly componentId: number;
}

export const NOBODY: Holder = { systemId: 0, componentId: 0 };
const UNCHANGED = -1;
const MYSELF = -2;
const RELEASE = -3;

/** Anybody may take it from anybody, with both autopilots; only the holder can let go. */
export function configuredHolder(
  now: Holder,
  [systemId, componentId]: readonly [number, number],
  asker: Holder,
): { readonly holder: Holder; readonly result: number } {
  if (![systemId, componentId].every((id) => id >= RELEASE && id <= 255)) {
    return { holder: now, result: RESULT.FAILED };
  }
  const { ACCEPTED: result } = RESULT;
  if (systemId === UNCHANGED) return { holder: now, result };
  if (systemId === MYSELF) return { holder: asker, result };
  if (systemId === RELEASE) return { holder: isSame(now, asker) ? NOBODY : now, result };
  return { holder: { systemId, componentId }, result };
}

export function isSame(a: Holder, b: Holder): boolean {
  return a.systemId === b.systemId && a.componentId === b.componentId;
}
