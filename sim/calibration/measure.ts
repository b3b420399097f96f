import { loadavg } from 'node:os';
import {
  AutopilotVersion,
  EkfStatusReport,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MavCmd,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';
import type { Figures } from './figures.ts';
import { flightFigures } from './flight-figures.ts';
import { flyMission } from './fly-mission.ts';
import { measureProtocol } from './measure-protocol.ts';
import { untilReady } from './ready.ts';
import type { Station } from './station.ts';
import type { SubjectKind } from './subject.ts';
import type { FlightRecord } from './track.ts';

/** One run of one aircraft, kept as a file so that a page can be made again without flying again. */
export interface ProtocolRun {
  readonly part: 'protocol';
  readonly subject: string;
  readonly firmwareVersion: string | null;
  /** Of the machine when it was done (one minute, 1 = one busy core): answers wait for a core. Absent in older runs. */
  readonly load?: number;
  readonly figures: Figures;
}

export interface FlightRun {
  readonly part: 'flight';
  readonly subject: string;
  readonly speedup: number;
  readonly figures: Figures;
  readonly record: FlightRecord;
}

export async function runProtocol(kind: SubjectKind): Promise<ProtocolRun> {
  const subject = await kind.start(1);
  try {
    const figures = await measureProtocol(kind, subject);
    return {
      ...{ part: 'protocol', subject: kind.id, figures },
      firmwareVersion: firmwareVersion(subject.station),
      load: loadavg()[0] ?? 0,
    };
  } finally {
    await subject.stop();
  }
}

export async function runFlight(kind: SubjectKind, speedup: number): Promise<FlightRun> {
  const subject = await kind.start(speedup);
  const { station } = subject;
  try {
    if (station.last(Heartbeat) === null) await station.expect('the first heartbeat', Heartbeat, 60_000);
    for (const { MSG_ID } of [SysStatus, GpsRawInt, EkfStatusReport, HomePosition]) {
      await station.setInterval(MSG_ID, 4);
    }
    await untilReady(station);
    await station.command(MavCmd.REQUEST_MESSAGE, AutopilotVersion.MSG_ID);
    const record = await flyMission(kind, station, speedup);
    return { part: 'flight', subject: kind.id, speedup, figures: flightFigures(record), record };
  } finally {
    await subject.stop();
  }
}

function firmwareVersion(station: Station): string | null {
  const version = station.last(AutopilotVersion)?.flightSwVersion ?? 0;
  if (version === 0) return null;
  return [24, 16, 8].map((shift) => (version >>> shift) & 0xff).join('.');
}
