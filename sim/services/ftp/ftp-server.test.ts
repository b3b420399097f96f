import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileTree } from './file-tree.ts';
import type { FtpStyle } from './ftp-answers.ts';
import { FtpServer } from './ftp-server.ts';
import { type FtpReply, fileCrc32, OPCODE, readFtpRequest } from './ftp-wire.ts';

const PEER = { systemId: 245, componentId: 190, channelId: 1 };

/** A server and a client that writes its packets by hand. */
class Bench {
  readonly replies: FtpReply[] = [];
  readonly server: FtpServer;
  wallMs = 0;
  #seq = 100;

  constructor(style: FtpStyle, files: Readonly<Record<string, Uint8Array>> = {}) {
    const tree = new FileTree({
      directories: ['/logs', '/fs/microsd', '/full'],
      made: {
        '@ROMFS': {
          entries: (path) => (path === '' ? [] : null),
          open: () => null,
        },
        '@PARAM': { entries: () => null, open: () => null },
      },
      files: { '/full/x': Buffer.from('x'), ...files },
      capacityBytes: 10_000,
    });
    this.server = new FtpServer({ tree, style, send: (_, reply) => this.replies.push(reply) });
  }

  ask(opcode: number, data: string | Uint8Array = '', more: Partial<FtpAsk> = {}): FtpReply | undefined {
    this.#seq = (this.#seq + 2) & 0xffff;
    const before = this.replies.length;
    this.askRaw({
      seq: this.#seq,
      session: 1,
      opcode,
      data: Buffer.from(data),
      offset: 0,
      size: null,
      ...more,
    });
    return this.replies[before];
  }

  askRaw({ seq, session, opcode, data, offset, size }: FtpAsk): void {
    const payload = Buffer.alloc(251);
    payload.writeUInt16LE(seq);
    payload.set([session, opcode, size ?? data.length], 2);
    payload.writeUInt32LE(offset, 8);
    payload.set(data.subarray(0, 239), 12);
    const request = readFtpRequest([...payload]);
    if (request !== null) this.server.handle(request, PEER, this.wallMs);
  }

  run(forMs: number): void {
    for (const end = this.wallMs + forMs; this.wallMs < end; ) {
      this.wallMs += 20;
      this.server.tick(this.wallMs);
    }
  }
}

interface FtpAsk {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  readonly data: Uint8Array;
  readonly offset: number;
  readonly size: number | null;
}

/** `ack`, or the bytes of the NAK. */
const told = (reply: FtpReply | undefined): string | readonly number[] =>
  reply === undefined ? 'silence' : reply.opcode === OPCODE.ACK ? 'ack' : [...reply.data];

const { LIST, OPEN_READ, READ, CREATE, WRITE, REMOVE_FILE, MAKE_DIRECTORY, REMOVE_DIRECTORY } = OPCODE;
const { OPEN_WRITE, TRUNCATE, RENAME, CRC32, BURST_READ, TERMINATE, RESET, NONE } = OPCODE;

/** Questions without an open file, and what ArduCopter 4.7-dev (SITL) answered to them. */
const ASKED: readonly (readonly [string, number, string, string | readonly number[]])[] = [
  ['list nothing', LIST, '', [3]],
  ['list, NUL behind', LIST, '/\0', 'ack'],
  ['list what is not there', LIST, '/nope', [10]],
  ['list @PARAM', LIST, '@PARAM', [10]],
  ['list @NOPE', LIST, '@NOPE', [10]],
  ['open what is not there', OPEN_READ, '/nope', [10]],
  ['open nothing', OPEN_READ, '', [3]],
  ['open, size too great', OPEN_READ, '/nope\0\0x', [3]],
  ['read', READ, '', [10]],
  ['write', WRITE, 'abc', [10]],
  ['burst', BURST_READ, '', [10]],
  ['terminate', TERMINATE, '', 'ack'],
  ['reset', RESET, '', 'ack'],
  ['none', NONE, '', 'ack'],
  ['16', 16, '', [1]],
  ['99', 99, '', [1]],
  ['truncate', TRUNCATE, '/x', [1]],
  ['CRC of what is not there', CRC32, '/nope', [10]],
  ['remove what is not there', REMOVE_FILE, '/nope', [10]],
  ['remove a folder that is not there', REMOVE_DIRECTORY, '/nope', [10]],
  ['make what is there', MAKE_DIRECTORY, '/logs', [8]],
  ['make below what is not there', MAKE_DIRECTORY, '/x/y', [10]],
  ['remove a full folder', REMOVE_DIRECTORY, '/full', [2, 21]],
  ['remove an empty folder as a file', REMOVE_FILE, '/logs', 'ack'],
  ['rename what is not there', RENAME, '/nope\0/x', [10]],
  ['rename to nothing', RENAME, '/full/x', [3]],
  ['create on a read-only file system', CREATE, '@ROMFS/x', [2, 30]],
  ['create below what is not there', CREATE, '/nodir/x', [10]],
  ['an acknowledgement', 128, '', 'silence'],
  ['a refusal', 129, '', 'silence'],
];

describe('an ArduPilot', () => {
  test.each(ASKED)('%s', (_, opcode, data, answer) => {
    expect(told(new Bench('ardupilot').ask(opcode, data))).toEqual(answer);
  });

  test('a size that does not fit', () => {
    expect(told(new Bench('ardupilot').ask(LIST, '/', { size: 240 }))).toEqual([3]);
  });

  test('a listing as it lies on the wire: two NULs behind each entry, dots counted, then the end', () => {
    const bench = new Bench('ardupilot', { '/logs/a.txt': new Uint8Array(101) });
    const page = bench.ask(LIST, '/logs/');
    expect(Buffer.from(page?.data ?? []).toString('latin1')).toBe('D.\0\0D..\0\0Fa.txt\t101\0\0');
    expect(told(bench.ask(LIST, '/logs', { offset: 3 }))).toEqual([6]);
    const root = Buffer.from(bench.ask(LIST, '/')?.data ?? []).toString('latin1');
    expect(root).toBe('D.\0\0D..\0\0Dlogs\0\0Dfs\0\0Dfull\0\0D@ROMFS\0\0');
  });

  test('pages of a long folder hold every entry once', () => {
    const names = Array.from({ length: 60 }, (_, index) => `file-number-${index}`);
    for (const style of ['ardupilot', 'px4'] as const) {
      const files = Object.fromEntries(names.map((name) => [`/fs/microsd/${name}`, new Uint8Array(3)]));
      const bench = new Bench(style, files);
      const seen: string[] = [];
      for (let offset = 0; ; ) {
        const page = bench.ask(LIST, '/fs/microsd', { offset });
        if (page?.opcode !== OPCODE.ACK) break;
        const entries = Buffer.from(page.data)
          .toString()
          .split('\0')
          .filter((entry) => entry !== '');
        offset += entries.length;
        seen.push(...entries.filter((entry) => entry.startsWith('F')).map((entry) => entry.slice(1, -2)));
      }
      expect(seen).toEqual(names);
    }
  });

  test('one file at a time; write and read modes; what another session is told', () => {
    const bench = new Bench('ardupilot');
    expect(told(bench.ask(CREATE, '/logs/a'))).toBe('ack');
    expect(told(bench.ask(WRITE, 'hello'))).toBe('ack');
    expect(bench.ask(WRITE, 'x', { offset: 100 })).toMatchObject({ offset: 100 });
    expect(told(bench.ask(READ, '', { size: 10 }))).toEqual([1]);
    expect(told(bench.ask(BURST_READ, '', { size: 10 }))).toEqual([1]);
    expect(told(bench.ask(CREATE, '/logs/b'))).toEqual([1]);
    expect(told(bench.ask(CREATE, '/logs/b', { session: 2 }))).toEqual([4]);
    expect(told(bench.ask(READ, '', { session: 2, size: 3 }))).toEqual([4]);
    expect(told(bench.ask(TERMINATE, '', { session: 2 })), 'acknowledged, and nothing done').toBe('ack');
    expect(told(bench.ask(WRITE, 'j')), 'still open').toBe('ack');
    expect(told(bench.ask(TERMINATE))).toBe('ack');
    const crc = Buffer.from(bench.ask(CRC32, '/logs/a')?.data ?? []).readUInt32LE();
    expect(crc).toBe(fileCrc32(Buffer.concat([Buffer.from('jello'), Buffer.alloc(95), Buffer.from('x')])));
    expect(told(bench.ask(OPEN_WRITE, '/logs/a')), 'keeps what is in it').toBe('ack');
    bench.ask(TERMINATE);
    expect(Buffer.from(bench.ask(OPEN_READ, '/logs/a')?.data ?? []).readUInt32LE()).toBe(101);
    expect(told(bench.ask(WRITE, 'q'))).toEqual([1]);
    expect(told(bench.ask(OPEN_READ, '/logs/a'))).toEqual([1]);
    expect(told(bench.ask(READ, '', { size: 0 }))).toEqual([6]);
    expect(told(bench.ask(READ, '', { size: 9, offset: 101 }))).toEqual([6]);
    expect(bench.ask(READ, '', { size: 9, offset: 99 })?.data).toHaveLength(2);
  });

  test('CRC32 of "hello" is 0xf032519b; in pieces it is the same', () => {
    expect(fileCrc32(Buffer.from('hello'))).toBe(0xf032519b);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        expect(fileCrc32(bytes.subarray(cut), fileCrc32(bytes.subarray(0, cut)))).toBe(fileCrc32(bytes));
      }),
    );
  });

  test('a session is not taken from who asks each second; it is after 3 s of quiet (both asked)', () => {
    const bench = new Bench('ardupilot', { '/logs/a': new Uint8Array(478) });
    bench.ask(OPEN_READ, '/logs/a', { session: 1 });
    for (let second = 1; second <= 8; second += 1) {
      bench.run(1_000);
      expect(told(bench.ask(OPEN_READ, '/logs/a', { session: 2 }))).toEqual([4]);
    }
    bench.run(3_500);
    expect(told(bench.ask(OPEN_READ, '/logs/a', { session: 2 }))).toBe('ack');
    expect(told(bench.ask(READ, '', { session: 1, size: 5 }))).toEqual([4]);
    bench.run(21_000);
    expect(told(bench.ask(READ, '', { session: 2, size: 5 })), 'nobody else came').toBe('ack');
  });

  test('a burst: numbered on, 500 packets in 2.6 s, then it wants to be asked again', () => {
    const bench = new Bench('ardupilot', { '/logs/a': new Uint8Array(200_000).fill(7) });
    bench.ask(OPEN_READ, '/logs/a');
    const first = bench.replies.length;
    bench.ask(BURST_READ, '', { size: 239 });
    bench.run(2_500);
    const inTime = bench.replies.length - first;
    expect(inTime).toBeGreaterThan(460);
    expect(inTime).toBeLessThan(490);
    bench.run(3_000);
    const burst = bench.replies.slice(first);
    expect(burst).toHaveLength(500);
    expect(burst.every((reply, index) => reply.seq === 105 + index && reply.offset === 239 * index)).toBe(
      true,
    );
    expect(burst.map(({ burstComplete }) => burstComplete).indexOf(true)).toBe(499);
  });

  test.each([
    ['a short last packet', 500, [[239, false], [239, false], [22, true], 'end 500 marked']],
    ['a full last packet', 478, [[239, false], [239, false], 'end 239 unmarked']],
    ['nothing left', 0, ['end 0 unmarked']],
  ])('end of a file: %s', (_, size, expected) => {
    const bench = new Bench('ardupilot', { '/logs/a': new Uint8Array(size).fill(7) });
    bench.ask(OPEN_READ, '/logs/a');
    const first = bench.replies.length;
    bench.ask(BURST_READ, '', { size: 239 });
    bench.run(200);
    const burst = bench.replies
      .slice(first)
      .map(({ opcode, data, burstComplete, offset }) =>
        opcode === OPCODE.ACK
          ? [data.length, burstComplete]
          : `end ${offset} ${burstComplete ? 'marked' : 'unmarked'}`,
      );
    expect(burst).toEqual(expected);
  });

  test('questions wait while a burst runs, five of them', () => {
    const bench = new Bench('ardupilot', { '/logs/a': new Uint8Array(20_000).fill(7) });
    bench.ask(OPEN_READ, '/logs/a');
    bench.ask(BURST_READ, '', { size: 239 });
    for (let question = 0; question < 8; question += 1) bench.ask(NONE);
    const isAnswer = ({ requestOpcode }: FtpReply) => requestOpcode === NONE;
    expect(bench.replies.filter(isAnswer)).toHaveLength(0);
    bench.run(2_000);
    expect(bench.replies.filter(isAnswer)).toHaveLength(5);
    expect(bench.replies.slice(-5).every(isAnswer), 'behind the burst').toBe(true);
  });

  test('a question that comes twice is done once', () => {
    const bench = new Bench('ardupilot');
    const make = {
      seq: 7,
      session: 1,
      opcode: MAKE_DIRECTORY,
      data: Buffer.from('/logs/x'),
      offset: 0,
      size: null,
    };
    bench.askRaw(make);
    bench.askRaw(make);
    expect(bench.replies.map(told)).toEqual(['ack', 'ack']);
    bench.askRaw({ ...make, seq: 9 });
    expect(bench.replies.map(told)).toEqual(['ack', 'ack', [8]]);
  });
});

describe('a PX4', () => {
  test('session 0; a second open is told that there are no sessions; an idle one ends after 10 s', () => {
    const bench = new Bench('px4', { '/fs/microsd/a': new Uint8Array(300).fill(7) });
    expect(bench.ask(OPEN_READ, '/fs/microsd/a', { session: 9 })).toMatchObject({ session: 0 });
    expect(told(bench.ask(OPEN_READ, '/fs/microsd/a'))).toEqual([5]);
    expect(told(bench.ask(READ, '', { session: 0, size: 239 }))).toBe('ack');
    expect(told(bench.ask(READ, '', { session: 1, size: 239 }))).toEqual([4]);
    bench.run(9_000);
    expect(told(bench.ask(READ, '', { session: 0, size: 239 }))).toBe('ack');
    bench.run(10_500);
    expect(told(bench.ask(READ, '', { session: 0, size: 239 }))).toEqual([4]);
    expect(told(bench.ask(TERMINATE, '', { session: 0 }))).toEqual([4]);
  });

  test('writes on its card only; says so with codes of its own', () => {
    const bench = new Bench('px4');
    expect(told(bench.ask(CREATE, '/full/y'))).toEqual([9]);
    expect(told(bench.ask(REMOVE_FILE, '/full/x'))).toEqual([9]);
    expect(told(bench.ask(MAKE_DIRECTORY, '/fs/microsd/own'))).toBe('ack');
    expect(told(bench.ask(CREATE, '/fs/microsd/own/a'))).toBe('ack');
    expect(Buffer.from(bench.ask(WRITE, 'hello', { session: 0 })?.data ?? []).readUInt32LE()).toBe(5);
    bench.ask(TERMINATE, '', { session: 0 });
    expect(told(bench.ask(TRUNCATE, '/fs/microsd/own/a', { offset: 2 }))).toBe('ack');
    expect(Buffer.from(bench.ask(OPEN_READ, '/fs/microsd/own/a')?.data ?? []).readUInt32LE()).toBe(2);
    bench.ask(TERMINATE, '', { session: 0 });
    expect(told(bench.ask(REMOVE_DIRECTORY, '/fs/microsd/own'))).toEqual([2, 39]);
    expect(told(bench.ask(99))).toEqual([7]);
    expect(Buffer.from(bench.ask(LIST, '/fs/microsd')?.data ?? []).toString()).toBe('S\0S\0Down\0');
  });

  test('a burst ends with the true end, and does not keep others waiting', () => {
    const bench = new Bench('px4', { '/fs/microsd/a': new Uint8Array(478).fill(7) });
    bench.ask(OPEN_READ, '/fs/microsd/a');
    bench.ask(BURST_READ, '', { size: 100, session: 0 });
    expect(told(bench.ask(LIST, '/'))).toBe('ack');
    bench.run(200);
    expect(bench.replies.at(-1)).toMatchObject({
      opcode: OPCODE.NAK,
      offset: 478,
      requestOpcode: BURST_READ,
    });
  });
});

describe('a card', () => {
  test('that is full refuses with ENOSPC and keeps what it has', () => {
    const bench = new Bench('ardupilot');
    bench.ask(CREATE, '/logs/a');
    let written = 0;
    while (told(bench.ask(WRITE, new Uint8Array(200), { offset: written })) === 'ack') written += 200;
    expect(written).toBe(9_800);
    expect(told(bench.ask(WRITE, new Uint8Array(200), { offset: written }))).toEqual([2, 28]);
    expect(told(bench.ask(WRITE, 'x', { offset: 4e9 })), 'a hole costs what it holds').toEqual([2, 28]);
    bench.ask(TERMINATE);
    expect(Buffer.from(bench.ask(OPEN_READ, '/logs/a')?.data ?? []).readUInt32LE()).toBe(written);
  });
});

test.each(['ardupilot', 'px4'] as const)('%s: whatever comes, it answers or keeps silent', (style) => {
  const request = fc.record({
    seq: fc.nat(0xffff),
    session: fc.nat(255),
    opcode: fc.oneof(fc.nat(20), fc.nat(255)),
    size: fc.option(fc.nat(255)),
    offset: fc.oneof(fc.nat(300), fc.nat(0xffff_ffff)),
    data: fc.oneof(
      fc
        .constantFrom('/', '/logs', '/full/x', '/fs/microsd/a', '@ROMFS/x', '/full/x\0/full/y', '')
        .map(Buffer.from),
      fc.uint8Array({ maxLength: 239 }),
    ),
    pauseMs: fc.constantFrom(0, 0, 20, 4_000),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
      const bench = new Bench(style);
      for (const { pauseMs, ...asked } of requests) {
        bench.askRaw(asked);
        bench.run(pauseMs);
      }
      for (const { data } of bench.replies) expect(data.length).toBeLessThanOrEqual(239);
    }),
    { numRuns: 200 },
  );
});
