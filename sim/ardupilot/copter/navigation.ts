import type { AircraftState } from '../../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import type { NavigationView } from '../firmware.ts';

const DEG = 180 / Math.PI;
const NOWHERE: NavigationView = {
  bearingDeg: 0,
  targetBearingDeg: 0,
  distanceM: 0,
  heightErrorM: 0,
  crossTrackM: 0,
};

/** NAV_CONTROLLER_OUTPUT of a flight from `from` (null: no leg) to `to` (null: nowhere). */
export function navigationOf(
  seen: AircraftState,
  from: LocalPoint | null,
  to: LocalPoint | null,
): NavigationView {
  if (to === null) return NOWHERE;
  const [eastM, northM] = [to.eastM - seen.eastM, to.northM - seen.northM];
  const distanceM = Math.hypot(eastM, northM);
  const targetBearingDeg = distanceM < 0.01 ? 0 : Math.atan2(eastM, northM) * DEG;
  const bearingDeg = seen.yawRad * DEG > 180 ? seen.yawRad * DEG - 360 : seen.yawRad * DEG;
  return {
    bearingDeg,
    targetBearingDeg,
    distanceM,
    heightErrorM: to.upM - seen.upM,
    crossTrackM: from === null ? 0 : crossTrackM(seen, from, to),
  };
}

/** Sideways of the leg, to the right positive. */
function crossTrackM(seen: LocalPoint, from: LocalPoint, to: LocalPoint): number {
  const [east, north] = [to.eastM - from.eastM, to.northM - from.northM];
  const length = Math.hypot(east, north);
  if (length < 0.01) return 0;
  return ((seen.eastM - from.eastM) * north - (seen.northM - from.northM) * east) / length;
}
