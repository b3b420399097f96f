/** Which messages flow without being asked for. */
export type StreamSet = 'sitl' | 'normal' | 'minimal';

/**
 * Hz by message id. `normal` is PX4's MAVLINK_MODE_NORMAL (mavlink_main.cpp, v1.17.0), as far as this aircraft has the
 * messages; SET_MESSAGE_INTERVAL 0 goes back to it, whatever flowed before.
 */
const NORMAL: Readonly<Record<number, number>> = {
  1: 1,
  24: 5,
  29: 1,
  30: 15,
  31: 10,
  32: 1,
  33: 5,
  36: 1,
  49: 1,
  74: 4,
  83: 2,
  85: 1.5,
  87: 1,
  132: 0.5,
  141: 1,
  147: 0.5,
  230: 0.5,
  231: 0.5,
  241: 0.1,
  242: 0.5,
  245: 1,
  360: 2,
  435: 0,
  436: 0.5,
};

/** What SITL's start script raises on the link to the ground station: about 370 messages a second, as captured. */
const SITL: Readonly<Record<number, number>> = {
  ...NORMAL,
  30: 50,
  31: 50,
  32: 50,
  33: 50,
  36: 50,
  83: 50,
  85: 50,
};

/** MAVLINK_MODE_MINIMAL: for slow radios, and for fleets of hundreds. */
const MINIMAL: Readonly<Record<number, number>> = {
  1: 0.1,
  24: 0.5,
  30: 10,
  33: 0.5,
  74: 0.5,
  141: 0.5,
  147: 0.5,
  245: 0.1,
  436: 0.5,
};

const SETS: Readonly<Record<StreamSet, Readonly<Record<number, number>>>> = {
  sitl: SITL,
  normal: NORMAL,
  minimal: MINIMAL,
};

/** Message ids with their intervals in microseconds. */
export function streamsOf(set: StreamSet): readonly (readonly [messageId: number, intervalUs: number])[] {
  return Object.entries(SETS[set])
    .filter(([, hz]) => hz > 0)
    .map(([id, hz]) => [Number(id), Math.round(1e6 / hz)]);
}

/** What SET_MESSAGE_INTERVAL 0 means for a message; −1: not sent. */
export function defaultIntervalUs(messageId: number): number {
  const hz = NORMAL[messageId] ?? 0;
  return hz > 0 ? Math.round(1e6 / hz) : -1;
}
