import { quaternionOf } from '../gimbal/rotation.ts';
import type { LogContext, LogEvent, LogFormat, SampleInTime } from './log-format.ts';
import {
  topicBytes,
  topicFormat,
  topicMessage,
  type UlogTopic,
  ulogFileHeader,
  ulogKeyValue,
  ulogMessage,
  ulogText,
} from './ulog-message.ts';

/** Names of PX4's topics and fields (msg/*.msg), a selection of their fields. */
const LOCAL: UlogTopic = {
  id: 0,
  name: 'vehicle_local_position',
  fields: [
    ['uint64_t', 'timestamp'],
    ['float', 'x'],
    ['float', 'y'],
    ['float', 'z'],
    ['float', 'vx'],
    ['float', 'vy'],
    ['float', 'vz'],
    ['float', 'heading'],
    ['bool', 'xy_valid'],
    ['bool', 'z_valid'],
  ],
};
const GLOBAL: UlogTopic = {
  id: 1,
  name: 'vehicle_global_position',
  fields: [
    ['uint64_t', 'timestamp'],
    ['double', 'lat'],
    ['double', 'lon'],
    ['float', 'alt'],
    ['float', 'alt_ellipsoid'],
    ['float', 'eph'],
    ['float', 'epv'],
  ],
};
const ATTITUDE: UlogTopic = {
  id: 2,
  name: 'vehicle_attitude',
  fields: [
    ['uint64_t', 'timestamp'],
    ['float', 'q', 4],
  ],
};
const BATTERY: UlogTopic = {
  id: 3,
  name: 'battery_status',
  fields: [
    ['uint64_t', 'timestamp'],
    ['float', 'voltage_v'],
    ['float', 'current_a'],
    ['float', 'discharged_mah'],
    ['float', 'remaining'],
  ],
};
const STATUS: UlogTopic = {
  id: 4,
  name: 'vehicle_status',
  fields: [
    ['uint64_t', 'timestamp'],
    ['uint8_t', 'arming_state'],
    ['uint8_t', 'nav_state'],
  ],
};
const LANDED: UlogTopic = {
  id: 5,
  name: 'vehicle_land_detected',
  fields: [
    ['uint64_t', 'timestamp'],
    ['bool', 'landed'],
  ],
};
const MISSION: UlogTopic = {
  id: 6,
  name: 'mission_result',
  fields: [
    ['uint64_t', 'timestamp'],
    ['uint16_t', 'seq_total'],
    ['uint16_t', 'seq_current'],
  ],
};
const SAMPLED = [LOCAL, GLOBAL, ATTITUDE, BATTERY];
const TOPICS = [...SAMPLED, STATUS, LANDED, MISSION];

const M_PER_DEG_E7 = 0.011_131_949;
/** vehicle_status.msg: ARMING_STATE_DISARMED, ARMING_STATE_ARMED. */
const DISARMED = 1;
const ARMED = 2;
const MAV_PARAM_REAL32 = 9;
const LEVEL_WARNING = 4;

/** NAVIGATION_STATE of the mode's name in the truth; 0 (manual) for one that is not known. */
const NAV_STATES: Readonly<Record<string, number>> = {
  MANUAL: 0,
  ALTCTL: 1,
  POSCTL: 2,
  'AUTO.MISSION': 3,
  'AUTO.LOITER': 4,
  'AUTO.RTL': 5,
  ACRO: 10,
  OFFBOARD: 14,
  STABILIZED: 15,
  'AUTO.TAKEOFF': 17,
  'AUTO.LAND': 18,
  'AUTO.FOLLOW': 19,
  'AUTO.PRECLAND': 20,
};

/** PX4's log: definitions (formats, information, parameters), then subscriptions and data. */
export const ULOG_FORMAT: LogFormat = {
  sampleBytes: SAMPLED.reduce((sum, topic) => sum + topicBytes(topic), 0),
  header,
  sample: (context, inTime) => Buffer.concat(sample(context, inTime)),
  event: (_, event, atMs) => eventMessage(event, micros(atMs)),
};

function micros(atMs: number): bigint {
  return BigInt(Math.round(atMs)) * 1000n;
}

function header({ startedAtMs, bootEpochMs, parameters, systemId }: LogContext): Buffer {
  const utcS = Buffer.alloc(8);
  utcS.writeBigUInt64LE(BigInt(bootEpochMs + startedAtMs) * 1000n);
  return Buffer.concat([
    ulogFileHeader(micros(startedAtMs)),
    // Flags: nothing that a reader has to know, no data appended (8 + 8 + 3 × 8 zero bytes).
    ulogMessage('B', Buffer.alloc(40)),
    ...TOPICS.map((topic) => ulogMessage('F', ulogText(topicFormat(topic)))),
    info('sys_name', 'PX4'),
    info('ver_hw', 'PX4_SIM'),
    info('ver_sw', 'simulated'),
    info('sys_uuid', `airgrid-sim-${systemId}`),
    ulogKeyValue('I', 'uint64_t time_ref_utc_usec', utcS),
    ...parameters.map(({ name, type, value }) => {
      const bytes = Buffer.alloc(4);
      if (type === MAV_PARAM_REAL32) bytes.writeFloatLE(value);
      else bytes.writeInt32LE(value);
      return ulogKeyValue('P', `${type === MAV_PARAM_REAL32 ? 'float' : 'int32_t'} ${name}`, bytes);
    }),
    ...TOPICS.map(({ id, name }) => {
      const subscription = Buffer.from([0, id & 0xff, id >> 8]);
      return ulogMessage('A', Buffer.concat([subscription, ulogText(name)]));
    }),
  ]);
}

function info(key: string, text: string): Buffer {
  const value = ulogText(text);
  return ulogKeyValue('I', `char[${value.length}] ${key}`, value);
}

function sample({ origin }: LogContext, inTime: SampleInTime): readonly Buffer[] {
  const { sample: at, atMs, northMps, eastMps, voltageV, currentA, usedMah } = inTime;
  const time = micros(atMs);
  const eastScale = Math.cos((origin.lat / 1e7) * (Math.PI / 180));
  const northM = (at.lat - origin.lat) * M_PER_DEG_E7;
  const eastM = (at.lon - origin.lon) * M_PER_DEG_E7 * eastScale;
  const downM = origin.altitudeAmslM - at.altitudeAmslM;
  const heading = at.yawRad > Math.PI ? at.yawRad - 2 * Math.PI : at.yawRad;
  const valid = at.gpsOk ? 1 : 0;
  return [
    topicMessage(LOCAL, [
      ...[time, northM, eastM, downM, northMps, eastMps, -at.climbMps],
      ...[heading, valid, 1],
    ]),
    topicMessage(GLOBAL, [
      ...[time, at.lat / 1e7, at.lon / 1e7, at.altitudeAmslM, at.altitudeAmslM],
      ...[at.gpsOk ? 0.8 : 50, at.gpsOk ? 1.2 : 50],
    ]),
    topicMessage(ATTITUDE, [time, ...quaternionOf(at.rollRad, at.pitchRad, at.yawRad)]),
    topicMessage(BATTERY, [time, voltageV, currentA, usedMah, at.batteryPct / 100]),
  ];
}

function eventMessage(event: LogEvent, at: bigint): Buffer {
  switch (event.kind) {
    case 'armed':
    case 'disarmed':
      return topicMessage(STATUS, [
        at,
        event.kind === 'armed' ? ARMED : DISARMED,
        NAV_STATES[event.mode] ?? 0,
      ]);
    case 'mode':
      return topicMessage(STATUS, [at, event.isArmed ? ARMED : DISARMED, NAV_STATES[event.mode] ?? 0]);
    case 'airborne':
    case 'landed':
      return topicMessage(LANDED, [at, event.kind === 'landed' ? 1 : 0]);
    case 'mission-item':
      return topicMessage(MISSION, [at, event.total, event.seq]);
    case 'fault':
      return logged(LEVEL_WARNING, `${event.what} ${event.isActive ? 'failed' : 'is well again'}`, at);
    case 'text':
      return logged(event.severity, event.text, at);
  }
}

/** `L`: level as a digit, time, text. */
function logged(level: number, text: string, at: bigint): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8('0'.charCodeAt(0) + level, 0);
  head.writeBigUInt64LE(at, 1);
  return ulogMessage('L', Buffer.concat([head, ulogText(text)]));
}
