import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeById } from '../codec/decoder.ts';
import { FileTransferProtocol, LogData, LogEntry, type MavLinkData, ParamValue } from '../codec/messages.ts';
import { readTlog } from '../codec/tlog-reader.ts';
import { readListPage } from '../protocol/ftp-list.ts';
import { FtpOp, type FtpPacket, ftpCrc32, readFtpPacket, refusalOf } from '../protocol/ftp-packet.ts';
import { ftpReadMachine } from '../protocol/ftp-read.ts';
import type { FtpReadOutcome } from '../protocol/ftp-read-model.ts';
import { logTransferMachine } from '../protocol/log-transfer.ts';
import { logListMachine } from '../protocol/onboard-log-list.ts';
import { fromWire, typeOfMav } from '../protocol/parameter-codec.ts';
import { readParameterPack } from '../protocol/parameter-pack.ts';
import type { CommonInput, Machine } from '../protocol/step.ts';

/**
 * Bytes of a real ArduCopter (4.7-dev), read by our machines. The slim recording is in the repository; the whole one
 * stands beside it on the machines of the project, and adds amount.
 */
const SLIM = join(import.meta.dirname, '../codec/fixtures/ardupilot-copter-services-slim.tlog');
const WHOLE = '/work/shared/captures/ardupilot-copter-services.tlog';
const TARGET = { systemId: 1, componentId: 1 };
const PARAMETERS = 1_349;

interface Recording {
  readonly requests: readonly FtpPacket[];
  readonly answers: readonly FtpPacket[];
  readonly messages: readonly MavLinkData[];
}

function load(path: string): Recording {
  const requests: FtpPacket[] = [];
  const answers: FtpPacket[] = [];
  const messages: MavLinkData[] = [];
  for (const { frame } of readTlog(readFileSync(path))) {
    const message = decodeById(frame);
    if (message === null) continue;
    if (message instanceof FileTransferProtocol) {
      const packet = readFtpPacket(message);
      if (packet === null) throw new Error('an FTP packet that cannot be read');
      (frame.systemId === TARGET.systemId ? answers : requests).push(packet);
    } else if (frame.systemId === TARGET.systemId) messages.push(message);
  }
  return { requests, answers, messages };
}

/** Runs a reading against a recorded session: what was answered to the same question is answered again. */
function readRecorded(recording: Recording, path: string, chunkBytes: number): [FtpReadOutcome, Buffer] {
  const opened = recording.requests.findIndex(
    (packet) => packet.opcode === FtpOp.openRead && text(packet).startsWith(path),
  );
  const session = recording.requests.slice(opened);
  const closed = session.findIndex(({ opcode }) => opcode === FtpOp.terminate);
  const questions = session.slice(0, closed + 1);
  const replies = new Map<string, FtpPacket>();
  for (const question of questions) {
    const answer = recording.answers.find(({ seq }) => seq === ((question.seq + 1) & 0xffff));
    if (answer !== undefined) replies.set(`${question.opcode} ${question.offset}`, answer);
  }
  const machine = ftpReadMachine(TARGET, {
    path: new TextEncoder().encode(path),
    firstSeq: 40_000,
    session: 9,
    chunkBytes,
    have: [],
    limitBytes: null,
  });
  const file = Buffer.alloc(100_000);
  const outcome = drive(
    machine,
    (message) => {
      const asked = readFtpPacket(message as FileTransferProtocol);
      if (asked === null) return [];
      const recorded = replies.get(`${asked.opcode} ${asked.offset}`);
      // It was read without bursts: the server of the recording knows none.
      const unknown = { opcode: FtpOp.nak, size: 1, data: Uint8Array.of(7), offset: 0, burstComplete: false };
      const answer = recorded ?? { ...unknown, session: 0, requestOpcode: asked.opcode, seq: 0 };
      const isEndless = recorded === undefined && asked.opcode === FtpOp.read;
      if (isEndless) return [];
      const packet = { ...answer, seq: (asked.seq + 1) & 0xffff, session: asked.session };
      return [{ kind: 'packet' as const, packet }];
    },
    (progress) => {
      if (progress.kind === 'chunk') file.set(progress.bytes, progress.offset);
    },
  );
  if (outcome === undefined) throw new Error('the reading did not end');
  return [outcome, outcome.kind === 'read' ? file.subarray(0, outcome.sizeBytes) : file];
}

function drive<State, Input, Outcome, Progress>(
  machine: Machine<State, Input, Outcome, Progress>,
  answer: (message: MavLinkData) => readonly (Input | CommonInput)[],
  onProgress: (progress: Progress) => void = () => {},
): Outcome | undefined {
  let state = machine.initial;
  const waiting: (Input | CommonInput)[] = [{ kind: 'start' }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const step = machine.step(state, next, 0);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.kind === 'send') waiting.push(...answer(effect.message));
      else if (effect.kind === 'progress') onProgress(effect.progress);
    }
    if (step.outcome !== undefined) return step.outcome;
  }
  return undefined;
}

const text = (packet: FtpPacket): string => Buffer.from(packet.data).toString('utf8');

const recordings = [
  ['slim', SLIM],
  ['whole', WHOLE],
] as const;

describe.each(recordings)('the %s recording', (size, path) => {
  if (!existsSync(path)) {
    test.skip(`is not on this machine: ${path}`, () => {});
    return;
  }
  const recording = load(path);

  test('its parameter file is read and understood, and says what the list says', () => {
    const [outcome, file] = readRecorded(recording, '@PARAM/param.pck', 110);
    // Announced 16,188 bytes, which it does not have.
    expect(outcome).toMatchObject({ kind: 'read', announcedBytes: 16_188, sizeBytes: file.length });
    const pack = readParameterPack(file);
    if (pack.kind !== 'ok') throw new Error(pack.why);
    expect(pack.parameters).toHaveLength(PARAMETERS);
    const byName = new Map(pack.parameters.map((parameter) => [parameter.name, parameter]));
    let compared = 0;
    for (const message of recording.messages) {
      if (!(message instanceof ParamValue) || message.paramIndex >= message.paramCount) continue;
      const type = typeOfMav(message.paramType);
      if (type === null) throw new Error(`type ${message.paramType}`);
      const held = byName.get(message.paramId);
      expect([held?.name, held?.type]).toEqual([message.paramId, type]);
      // Told twice in the recording: they were counted while fence and rally points were uploaded between.
      if (!['FENCE_TOTAL', 'RALLY_TOTAL', 'STAT_RUNTIME', 'MIS_TOTAL'].includes(message.paramId)) {
        expect([message.paramId, Math.fround(held?.value ?? Number.NaN)]).toEqual([
          message.paramId,
          fromWire(message.paramValue, type, 'c-cast'),
        ]);
      }
      compared++;
    }
    expect(compared).toBe(size === 'slim' ? Math.ceil(PARAMETERS / 4) : PARAMETERS);
  });

  test('its folders are listed', () => {
    const pages = recording.answers
      .filter(({ requestOpcode, opcode }) => requestOpcode === FtpOp.list && opcode === FtpOp.ack)
      .map(readListPage);
    expect(pages[0]?.entries.map(({ name }) => name)).toEqual(['logs', 'terrain', '@ROMFS', '@SYS']);
    expect(pages[0]?.counted).toBe(6);
    expect(pages[1]?.entries[0]).toEqual({ name: 'threads.txt', kind: 'file', sizeBytes: 100_000 });
    expect(pages[2]?.entries).toContainEqual({ name: '00000001.BIN', kind: 'file', sizeBytes: 8_375_296 });
    expect(pages[2]?.entries).toContainEqual({ name: 'LASTLOG.TXT', kind: 'file', sizeBytes: 3 });
  });

  test('its checksum of "hello" is ours, its refusals have words', () => {
    const crc = recording.answers.find(({ requestOpcode }) => requestOpcode === FtpOp.crc32);
    expect(Buffer.from(crc?.data ?? []).toString('hex')).toBe('9b5132f0');
    expect(Buffer.from(crc?.data ?? []).readUInt32LE(0)).toBe(ftpCrc32(Buffer.from('hello')));
    const written = recording.requests.find(({ opcode }) => opcode === FtpOp.write);
    expect(written === undefined ? '' : text(written)).toBe('hello');
    const naks = recording.answers.filter(({ opcode }) => opcode === FtpOp.nak).map(refusalOf);
    expect(new Set(naks.map(({ code }) => code))).toEqual(new Set([6, 10]));
  });

  test('its log is the same by burst and by messages', () => {
    const entry = recording.messages.find((message) => message instanceof LogEntry);
    if (!(entry instanceof LogEntry)) throw new Error('no entry');
    const listed = drive(logListMachine(TARGET, { firstId: 1 }), () => [
      {
        kind: 'entry' as const,
        entry: { id: entry.id, sizeBytes: entry.size, timeUtcMs: entry.timeUtc * 1_000 },
        logCount: entry.numLogs,
      },
    ]);
    expect(listed).toEqual({
      kind: 'done',
      entries: [{ id: 1, sizeBytes: 8_376_192, timeUtcMs: 1_795_485_629_000 }],
    });
    const chunks = recording.messages.filter((message): message is LogData => message instanceof LogData);
    const byMessages = Buffer.alloc(200_000);
    const sizeBytes = size === 'slim' ? 7_200 : 200_000;
    let asked = 0;
    const sent = drive(
      logTransferMachine(TARGET, { id: 1, sizeBytes, have: [] }),
      () =>
        asked++ > 0
          ? []
          : chunks.map(({ id, ofs, count, data }) => ({
              kind: 'data' as const,
              id,
              offset: ofs,
              bytes: Uint8Array.from(data.slice(0, count)),
            })),
      ({ offset, bytes }) => byMessages.set(bytes, offset),
    );
    expect(sent).toEqual({ kind: 'done' });
    const burst = recording.answers.filter(({ requestOpcode }) => requestOpcode === FtpOp.burstRead);
    expect(burst).toHaveLength(size === 'slim' ? 30 : 500);
    const byBurst = Buffer.concat(burst.map(({ data }) => data));
    expect(burst.every(({ offset }, i) => offset === i * 239)).toBe(true);
    const common = Math.min(byBurst.length, sizeBytes);
    expect(byBurst.subarray(0, common).equals(byMessages.subarray(0, common))).toBe(true);
  });
});
