import {
  ARM,
  ATT,
  BAT,
  CMD,
  DEFINITIONS,
  ERR,
  EV,
  FMT,
  FMTU,
  GPS,
  MODE,
  MSG,
  MULT,
  MULTIPLIERS,
  PARM,
  POS,
  UNIT,
  UNITS,
} from './dataflash-definitions.ts';
import { dataflashMessage } from './dataflash-message.ts';
import type { LogContext, LogEvent, LogFormat, SampleInTime } from './log-format.ts';

const DEG = 180 / Math.PI;
/** AP_Logger's LogEvent: armed, disarmed, land complete, not landed. */
const EVENT_ID = { armed: 10, disarmed: 11, landed: 18, airborne: 28 } as const;
/** AP_Logger's LogErrorSubsystem and the code that it gives a failure of that kind. */
const ERROR_ID = { radio: [5, 1], compass: [3, 1], gps: [11, 2] } as const;
/** ModeReason::GCS_COMMAND. */
const REASON_GCS = 2;
/** ArmMethod MAVLINK. */
const METHOD_MAVLINK = 1;
/** 6 January 1980 in UTC seconds, and the leap seconds between GPS and UTC since 2017. */
const GPS_EPOCH_S = 315_964_800;
const LEAP_S = 18;
const WEEK_S = 604_800;
const FIX_RTK_FIXED = 6;

/**
 * ArduPilot's binary log: formats first, then units, then parameters, then what happened. What the real one writes
 * at 70 kB/s besides (sensors, motors, filters) is not there.
 * @param firmware what the first MSG tells; tools read the vehicle type from it
 * @param modeNumber of the mode's name in the truth
 */
export function dataflashFormat(firmware: string, modeNumber: (mode: string) => number): LogFormat {
  return {
    sampleBytes: GPS.bytes + POS.bytes + ATT.bytes + BAT.bytes,
    header: (context) => header(context, firmware),
    sample: (context, inTime) => Buffer.concat(sample(context, inTime)),
    event: (_, event, atMs) => Buffer.concat(eventMessages(event, micros(atMs), modeNumber)),
  };
}

function micros(atMs: number): bigint {
  return BigInt(Math.round(atMs)) * 1000n;
}

function header({ startedAtMs, parameters }: LogContext, firmware: string): Buffer {
  const at = micros(startedAtMs);
  return Buffer.concat([
    ...DEFINITIONS.map((definition) => {
      const { type, bytes, name, format, labels } = definition;
      return dataflashMessage(FMT, [type, bytes, name, format, labels]);
    }),
    ...UNITS.map(([id, label]) => dataflashMessage(UNIT, [at, id.charCodeAt(0), label])),
    ...MULTIPLIERS.map(([id, factor]) => dataflashMessage(MULT, [at, id.charCodeAt(0), factor])),
    ...DEFINITIONS.map(({ type, units, multipliers }) =>
      dataflashMessage(FMTU, [at, type, units, multipliers]),
    ),
    ...parameters.map(({ name, value }) => dataflashMessage(PARM, [at, name, value, Number.NaN])),
    dataflashMessage(MSG, [at, firmware]),
  ]);
}

function sample({ bootEpochMs }: LogContext, inTime: SampleInTime): readonly Buffer[] {
  const { sample: at, atMs, northMps, eastMps, voltageV, currentA, usedMah } = inTime;
  const timeUs = micros(atMs);
  const courseDeg = (Math.atan2(eastMps, northMps) * DEG + 360) % 360;
  const gpsS = (bootEpochMs + atMs) / 1000 - GPS_EPOCH_S + LEAP_S;
  const week = bootEpochMs === 0 ? 0 : Math.floor(gpsS / WEEK_S);
  const weekMs = bootEpochMs === 0 ? 0 : Math.round((gpsS - week * WEEK_S) * 1000);
  const rollDeg = at.rollRad * DEG;
  const pitchDeg = at.pitchRad * DEG;
  const yawDeg = at.yawRad * DEG;
  const altitudeCm = at.altitudeAmslM * 100;
  return [
    dataflashMessage(GPS, [
      ...[timeUs, 0, at.gpsOk ? FIX_RTK_FIXED : 1, weekMs, week, at.gpsOk ? 10 : 0, 121],
      ...[at.lat, at.lon, altitudeCm, at.groundSpeedMps, courseDeg, -at.climbMps, 0, 1],
    ]),
    dataflashMessage(POS, [
      ...[timeUs, at.lat, at.lon, at.altitudeAmslM],
      ...[at.relativeAltitudeM, at.relativeAltitudeM],
    ]),
    dataflashMessage(ATT, [timeUs, rollDeg, rollDeg, pitchDeg, pitchDeg, yawDeg, yawDeg, 3]),
    dataflashMessage(BAT, [
      ...[timeUs, 0, voltageV, voltageV, currentA, usedMah, (usedMah / 1000) * voltageV],
      ...[2_500, 0.018, Math.floor(at.batteryPct)],
    ]),
  ];
}

function eventMessages(event: LogEvent, at: bigint, modeNumber: (mode: string) => number): readonly Buffer[] {
  switch (event.kind) {
    case 'armed':
      return [
        dataflashMessage(ARM, [at, 1, 1, 0, METHOD_MAVLINK]),
        dataflashMessage(EV, [at, EVENT_ID.armed]),
      ];
    case 'disarmed':
      return [
        dataflashMessage(ARM, [at, 0, 1, 0, METHOD_MAVLINK]),
        dataflashMessage(EV, [at, EVENT_ID.disarmed]),
      ];
    case 'airborne':
    case 'landed':
      return [dataflashMessage(EV, [at, EVENT_ID[event.kind]])];
    case 'mode': {
      const number = modeNumber(event.mode);
      return [dataflashMessage(MODE, [at, number, number, REASON_GCS])];
    }
    case 'mission-item': {
      const { item, seq, total } = event;
      return [
        dataflashMessage(CMD, [
          ...[at, total, seq, item.command, item.param1, item.param2, item.param3, item.param4],
          ...[item.x, item.y, item.z, item.frame],
        ]),
      ];
    }
    case 'fault': {
      const [subsystem, code] = ERROR_ID[event.what];
      return [dataflashMessage(ERR, [at, subsystem, event.isActive ? code : 0])];
    }
    case 'text':
      return [dataflashMessage(MSG, [at, event.text])];
  }
}
