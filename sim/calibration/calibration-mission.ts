import { MAV_CMD, MAV_FRAME, type MissionItem } from '../../missions/mission-item.ts';
import { LocalFrame } from '../aircraft/local-frame.ts';
import type { SitlHome } from '../sitl/homes.ts';

/** Where every subject starts; nothing is around it. */
export const CALIBRATION_HOME: SitlHome = {
  latDeg: 25.2809,
  lonDeg: 110.29,
  altitudeAmslM: 150,
  headingDeg: 0,
};

/** A corner of the flight: metres east and north of home and above it, seconds to stay. */
export interface CalibrationPoint {
  readonly name: string;
  readonly eastM: number;
  readonly northM: number;
  readonly heightM: number;
  readonly delayS: number;
}

const at = (name: string, eastM: number, northM: number, heightM: number, delayS = 0): CalibrationPoint => ({
  name,
  eastM,
  northM,
  heightM,
  delayS,
});

export const TAKEOFF_HEIGHT_M = 20;

/**
 * A lawn-mower of 60 m legs between right angles, as a patrol has them; a leg long enough to reach full speed; a climb on
 * the spot; a stop of five seconds. Then return and landing.
 */
export const CALIBRATION_POINTS: readonly CalibrationPoint[] = [
  at('1st leg north, 60 m', 0, 60, 20),
  at('leg east, 60 m', 60, 60, 20),
  at('leg south, 60 m', 60, 0, 20),
  at('leg east, 60 m (2nd)', 120, 0, 20),
  at('leg north, 60 m', 120, 60, 20),
  at('long leg, 400 m', 120, 460, 20),
  at('climb of 30 m', 120, 460, 50),
  at('leg west, 60 m, then 5 s', 60, 460, 50, 5),
];

function item(command: number, rest: Partial<MissionItem>): MissionItem {
  const none = { param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 };
  return { frame: MAV_FRAME.GLOBAL_RELATIVE_ALT, command, ...none, ...rest };
}

function place(eastM: number, northM: number): Pick<MissionItem, 'x' | 'y'> {
  const { latDeg, lonDeg } = new LocalFrame(CALIBRATION_HOME).toGeo({ eastM, northM, upM: 0 });
  return { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7) };
}

/** Without a slot for home: take-off, the points, return. */
export function calibrationMission(): readonly MissionItem[] {
  return [
    item(MAV_CMD.NAV_TAKEOFF, { ...place(0, 0), z: TAKEOFF_HEIGHT_M }),
    ...CALIBRATION_POINTS.map(({ eastM, northM, heightM, delayS }) =>
      item(MAV_CMD.NAV_WAYPOINT, { ...place(eastM, northM), z: heightM, param1: delayS }),
    ),
    item(MAV_CMD.NAV_RETURN_TO_LAUNCH, { frame: MAV_FRAME.MISSION }),
  ];
}

/** `count` items, for the timing of transfers: take-off and waypoints on a circle. */
export function longMission(count: number): readonly MissionItem[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    const where = place(100 * Math.sin(angle), 100 * Math.cos(angle));
    return item(index === 0 ? MAV_CMD.NAV_TAKEOFF : MAV_CMD.NAV_WAYPOINT, { ...where, z: 20 });
  });
}

/** ArduPilot's slot 0 is home: a mission as it goes over the wire to it. */
export function withHomeSlot(items: readonly MissionItem[]): readonly MissionItem[] {
  const home = item(MAV_CMD.NAV_WAYPOINT, {
    frame: MAV_FRAME.GLOBAL,
    ...place(0, 0),
    z: CALIBRATION_HOME.altitudeAmslM,
  });
  return [home, ...items];
}
