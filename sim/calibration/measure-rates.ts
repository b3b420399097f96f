import {
  Attitude,
  BatteryStatus,
  EkfStatusReport,
  ExtendedSysState,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  MissionCurrent,
  SysStatus,
  SystemTime,
  VfrHud,
} from '../../firmware-bridge/codec/messages.ts';
import { type Figures, type FigureValue, rounded } from './figures.ts';
import { pause, type Station } from './station.ts';

/** Messages that the server asks for, each with a rate of its own so that none can be mistaken for another's. */
export const ASKED_RATES: readonly (readonly [name: string, id: number, rateHz: number])[] = [
  ['GLOBAL_POSITION_INT', GlobalPositionInt.MSG_ID, 10],
  ['ATTITUDE', Attitude.MSG_ID, 4],
  ['VFR_HUD', VfrHud.MSG_ID, 5],
  ['SYS_STATUS', SysStatus.MSG_ID, 1],
  ['BATTERY_STATUS', BatteryStatus.MSG_ID, 0.5],
  ['GPS_RAW_INT', GpsRawInt.MSG_ID, 2],
  ['EXTENDED_SYS_STATE', ExtendedSysState.MSG_ID, 1],
  ['MISSION_CURRENT', MissionCurrent.MSG_ID, 1],
  ['SYSTEM_TIME', SystemTime.MSG_ID, 1],
  ['EKF_STATUS_REPORT', EkfStatusReport.MSG_ID, 1],
];

const SETTLE_MS = 1500;
const COUNTED_MS = 12_000;

/** Messages per second by id, before anything was asked and at the rates asked for. */
export async function measureRates(station: Station): Promise<Figures> {
  const figures: Record<string, FigureValue> = {};
  for (const [name, id, rateHz] of ASKED_RATES) {
    const { result } = await station.setInterval(id, rateHz);
    if (result !== 0) figures[`rates.${name}.answer`] = result;
  }
  await pause(SETTLE_MS);
  const counts = await count(station, COUNTED_MS);
  for (const [name, id] of ASKED_RATES) {
    figures[`rates.${name}`] = rounded(((counts.get(id) ?? 0) * 1000) / COUNTED_MS, 2);
  }
  figures['rates.HEARTBEAT'] = rounded(((counts.get(Heartbeat.MSG_ID) ?? 0) * 1000) / COUNTED_MS, 2);
  const known = new Set([Heartbeat.MSG_ID, ...ASKED_RATES.map(([, id]) => id)]);
  const others = [...counts].filter(([id]) => !known.has(id)).reduce((sum, [, n]) => sum + n, 0);
  figures['rates.notAskedFor'] = rounded((others * 1000) / COUNTED_MS, 1);
  for (const [, id] of ASKED_RATES) await station.setInterval(id, 0);
  return figures;
}

async function count(station: Station, forMs: number): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  const stop = station.listen(({ messageId }) => counts.set(messageId, (counts.get(messageId) ?? 0) + 1));
  await pause(forMs);
  stop();
  return counts;
}
