import type { MissionItem } from '../../missions/mission-item.ts';
import { type GeoPoint, LocalFrame } from '../aircraft/local-frame.ts';
import { CommandExchange, type Exchange, type ExchangeHost, UploadExchange } from './exchange.ts';
import type { StationOrder } from './station-script.ts';

/** Who answers, as its HEARTBEAT says; the words of an order depend on it. */
export type AutopilotKind = 'copter' | 'plane' | 'px4';

/** MAV_AUTOPILOT and MAV_TYPE of a HEARTBEAT. PX4 is 12; fixed wing 1 and VTOL 19–25 of ArduPilot fly as a plane. */
export function autopilotKindOf(autopilot: number, type: number): AutopilotKind {
  if (autopilot === 12) return 'px4';
  return type === 1 || (type >= 19 && type <= 25) ? 'plane' : 'copter';
}

/** Orders that may come too early are given again for so long; a setting or a landing need not wait. */
const PATIENCE_S = 40;
const ANSWER_S = 15;
const CMD = {
  RETURN: 20,
  LAND: 21,
  TAKEOFF: 22,
  SET_MODE: 176,
  START: 300,
  ARM: 400,
  INTERVAL: 511,
} as const;
const COPTER_GUIDED = 4;
const PLANE = { AUTO: 10, TAKEOFF: 13 } as const;
/** PX4 counts main and sub modes: AUTO is 4, its mission 4. */
const PX4_MISSION = [1, 4, 4] as const;

/** The conversations of one order with one aircraft, one after the other. @param start where it was switched on */
export function exchangesOf(
  order: StationOrder,
  kind: AutopilotKind,
  start: GeoPoint,
  host: ExchangeHost,
): readonly Exchange[] {
  const command = (id: number, params: readonly number[], patienceS = PATIENCE_S): Exchange =>
    new CommandExchange(host, id, params, patienceS);
  if ('rates' in order) {
    return Object.entries(order.rates).map(([messageId, perS]) =>
      command(CMD.INTERVAL, [Number(messageId), perS === 0 ? -1 : Math.round(1e6 / perS)], ANSWER_S),
    );
  }
  if ('launch' in order) {
    const { heightM } = order.launch;
    if (kind === 'plane') return [command(CMD.SET_MODE, [1, PLANE.TAKEOFF]), command(CMD.ARM, [1])];
    const takeOff = command(CMD.TAKEOFF, [
      0,
      0,
      0,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      start.altitudeAmslM + heightM,
    ]);
    if (kind === 'px4') return [takeOff, command(CMD.ARM, [1])];
    const climb = command(CMD.TAKEOFF, [0, 0, 0, 0, 0, 0, heightM]);
    return [command(CMD.SET_MODE, [1, COPTER_GUIDED]), command(CMD.ARM, [1]), climb];
  }
  if ('upload' in order) {
    const items = squareMission(start, order.upload.sideM, order.upload.heightM);
    // ArduPilot's item 0 is home, whatever is sent there.
    return [new UploadExchange(host, kind === 'px4' ? items : [homeSlot(start), ...items])];
  }
  if ('start' in order) {
    if (kind === 'px4') return [command(CMD.SET_MODE, PX4_MISSION), command(CMD.ARM, [1])];
    if (kind === 'plane') return [command(CMD.SET_MODE, [1, PLANE.AUTO]), command(CMD.ARM, [1])];
    return [command(CMD.START, [])];
  }
  if ('return' in order) return [command(CMD.RETURN, [])];
  if ('land' in order) return [command(CMD.LAND, [])];
  if ('mode' in order) return [command(CMD.SET_MODE, [1, order.mode])];
  return [command(order.command.command, order.command.params ?? [], ANSWER_S)];
}

const ITEM = { frame: 6, param1: 0, param2: 0, param3: 0, param4: 0 } as const;

function homeSlot(start: GeoPoint): MissionItem {
  return { ...ITEM, frame: 0, command: 16, ...wire(start), z: start.altitudeAmslM };
}

function squareMission(start: GeoPoint, sideM: number, heightM: number): readonly MissionItem[] {
  const frame = new LocalFrame(start);
  const corner = (eastM: number, northM: number): MissionItem => {
    const place = frame.toGeo({ eastM, northM, upM: 0 });
    return { ...ITEM, command: 16, ...wire(place), z: heightM };
  };
  return [
    { ...ITEM, command: 22, ...wire(start), z: heightM },
    corner(0, sideM),
    corner(sideM, sideM),
    corner(sideM, 0),
    corner(0, 0),
    { ...ITEM, frame: 2, command: 20, x: 0, y: 0, z: 0 },
  ];
}

function wire({ lonDeg, latDeg }: GeoPoint): { readonly x: number; readonly y: number } {
  return { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7) };
}
