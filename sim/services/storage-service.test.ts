import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  AutopilotVersion,
  buildMessage,
  LogEntry,
  LogRequestEnd,
  LogRequestList,
} from '../../firmware-bridge/codec/messages.ts';
import { readParameterPack } from '../../firmware-bridge/protocol/parameter-pack.ts';
import { FileService } from '../../firmware-bridge/service/files.ts';
import { FtpClient } from '../../firmware-bridge/service/files-client.ts';
import { LogService } from '../../firmware-bridge/service/logs.ts';
import { FakePort } from '../../firmware-bridge/test-support/fake-port.ts';
import { readDataflash } from './logs/dataflash-reader.fixture.ts';
import { copterModeNumber } from './logs/mode-numbers.ts';
import { readUlog } from './logs/ulog-reader.fixture.ts';
import { ardupilotStorage, px4Storage } from './storage-service.ts';
import { Aboard, STAND_PARAMETERS } from './testing/aboard.ts';

/** The bridge's own services as the client of what is aboard, over real bytes. */
const folder = await mkdtemp(join(tmpdir(), 'airgrid-aboard-'));
afterAll(() => rm(folder, { recursive: true }));

const FIRMWARE = 'ArduCopter V4.7.0-dev (simulated)';

function setUp(style: 'ardupilot' | 'px4', options: { readonly speed?: number } = {}) {
  const storage =
    style === 'px4' ? px4Storage() : ardupilotStorage({ firmware: FIRMWARE, modeNumber: copterModeNumber });
  const aboard = new Aboard([storage]);
  aboard.speed = options.speed ?? 1;
  const port = new FakePort({ autopilot: style, armed: false });
  const startMs = port.clock.nowMs() - aboard.wallMs;
  port.onSend = (message) => aboard.send(message);
  aboard.onMessage = (message, componentId) => port.deliver(message, componentId);
  const turn = (): void => {
    aboard.runUntil(port.clock.nowMs() - startMs);
    port.clock.setTimer(turn, 20);
  };
  const ftp = new FtpClient(port);
  const files = new FileService(port, ftp);
  const logs = new LogService(port, ftp);
  /**
   * Lets time pass until it is settled. Work on real files does not move by a fake clock: it gets its turns, and the
   * test runner's own limit ends what does not end.
   */
  async function run<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const settled = work.finally(() => {
      over = true;
    });
    while (!over) {
      await port.clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return settled;
  }
  /** From now on both go on together. */
  const connect = (): void => {
    aboard.wallMs = port.clock.nowMs() - startMs;
    turn();
  };
  return { aboard, port, files, logs, run, connect };
}

describe('files of an ArduPilot', () => {
  test('announces file transfer, and no terrain that it has not', () => {
    const { aboard } = setUp('ardupilot');
    aboard.run(1);
    aboard.command(1, 512, 148);
    expect(Number(BigInt(aboard.last(AutopilotVersion).capabilities) & (32n | 512n))).toBe(32);
  });

  test('its parameter file is read whole by the bridge, whatever is announced', async () => {
    const { files, run, connect } = setUp('ardupilot');
    connect();
    const outcome = await run(files.read('@PARAM/param.pck'));
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    const pack = readParameterPack(outcome.bytes);
    if (pack.kind !== 'ok') throw new Error(pack.why);
    const told = new Map(pack.parameters.map(({ name, value }) => [name, value]));
    expect(told.size).toBe(STAND_PARAMETERS.length);
    for (const { name, value } of STAND_PARAMETERS) expect(told.get(name), name).toBe(Math.fround(value));
  });

  test('lists as the real one: a page, then the end; nothing under a name that is not there', async () => {
    const { files, run, connect } = setUp('ardupilot');
    connect();
    const root = await run(files.list('/'));
    expect(root).toMatchObject({
      kind: 'done',
      entries: [
        { name: 'APM', kind: 'directory' },
        { name: '@ROMFS', kind: 'directory' },
        { name: '@SYS', kind: 'directory' },
      ],
    });
    expect(await run(files.list('/nope'))).toMatchObject({ kind: 'refused', code: 10 });
    expect(await run(files.list('@PARAM'))).toMatchObject({ kind: 'refused', code: 10 });
    expect(await run(files.list('@SYS'))).toMatchObject({
      kind: 'done',
      entries: [{ name: 'uarts.txt', sizeBytes: 100_000 }, { name: 'memory.txt' }],
    });
  });

  test.each(['ardupilot', 'px4'] as const)(
    'writes, checks, renames and removes on a %s card',
    async (style) => {
      const { files, run, connect } = setUp(style);
      connect();
      const home = style === 'px4' ? '/fs/microsd' : '/APM';
      const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 37) & 0xff));
      expect(await run(files.makeDirectory(`${home}/own`))).toMatchObject({ kind: 'done' });
      expect(await run(files.write(`${home}/own/a.bin`, bytes))).toMatchObject({ kind: 'done' });
      const read = await run(files.read(`${home}/own/a.bin`));
      if (read.kind !== 'done') throw new Error(JSON.stringify(read));
      expect(Buffer.from(read.bytes).equals(bytes)).toBe(true);
      expect(read.crc).toBe('verified');
      expect(await run(files.write('@ROMFS/a.bin', bytes))).not.toMatchObject({ kind: 'done' });
    },
  );
});

describe('logs', () => {
  test('an ArduPilot flight: listed and fetched by files and by messages, equal, and read by an independent reader', async () => {
    const { aboard, logs, run, connect } = setUp('ardupilot');
    aboard.fly(20, 10);
    connect();
    const listed = await run(logs.list());
    if (listed.kind !== 'done') throw new Error(JSON.stringify(listed));
    expect(listed).toMatchObject({ via: 'files', logs: [{ name: '00000001.BIN' }] });
    const [log] = listed.logs;
    if (log === undefined) throw new Error('no log');
    const byFile = await run(logs.download(log.logId, join(folder, 'a.bin')));
    expect(byFile).toMatchObject({ kind: 'done', via: 'files', crc: 'verified', sizeBytes: log.sizeBytes });
    const byMessage = await run(logs.download('log:1', join(folder, 'b.bin')));
    expect(byMessage).toMatchObject({ kind: 'done', via: 'messages' });
    const bytes = await readFile(join(folder, 'a.bin'));
    expect(bytes.equals(await readFile(join(folder, 'b.bin')))).toBe(true);

    const told = readDataflash(bytes);
    const of = (name: string) => told.filter((message) => message.name === name);
    expect(of('MSG')[0]?.fields).toMatchObject({ Message: FIRMWARE });
    expect(of('PARM').map(({ fields }) => fields.Name)).toEqual(STAND_PARAMETERS.map(({ name }) => name));
    expect(of('MODE').map(({ fields }) => fields.ModeNum)).toEqual([4, 9]);
    expect(of('ARM').map(({ fields }) => fields.ArmState)).toEqual([1, 0]);
    expect(of('EV').map(({ fields }) => fields.Id)).toEqual(expect.arrayContaining([10, 28, 11]));
    const heights = of('POS').map(({ fields }) => Number(fields.RelHomeAlt));
    expect(Math.max(...heights)).toBeGreaterThan(19);
    expect(Math.max(...heights)).toBeLessThan(21);
    const gps = of('GPS');
    expect(gps.length).toBe(of('ATT').length);
    expect(Number(gps[0]?.fields.Lat)).toBeCloseTo(25.2809, 5);
    // 26 November 2026 of the test's clock, in GPS weeks.
    expect(gps[0]?.fields.GWk).toBe(Math.floor((1_795_000_000 - 315_964_800 + 18) / 604_800));
    const charge = of('BAT').map(({ fields }) => Number(fields.CurrTot));
    expect(charge.at(-1)).toBeGreaterThan(charge[0] ?? Number.NaN);
    const times = told.flatMap(({ fields }) => (fields.TimeUS === undefined ? [] : [Number(fields.TimeUS)]));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(20e6);
  });

  test('a PX4 flight is a valid ULog, under a name that tells its time', async () => {
    const { aboard, logs, run, connect } = setUp('px4');
    aboard.fly(15, 5);
    connect();
    const listed = await run(logs.list());
    if (listed.kind !== 'done') throw new Error(JSON.stringify(listed));
    const [log] = listed.logs;
    expect(log?.path).toMatch(/^\/fs\/microsd\/log\/2026-\d\d-\d\d\/\d\d_\d\d_\d\d\.ulg$/);
    expect(Math.abs((log?.timeUtcMs ?? 0) - 1_795_000_000_000)).toBeLessThan(30_000);
    expect(await run(logs.download(log?.logId ?? '', join(folder, 'c.ulg')))).toMatchObject({
      kind: 'done',
      crc: 'verified',
    });
    expect(await run(logs.download('log:0', join(folder, 'd.ulg')))).toMatchObject({
      kind: 'done',
      via: 'messages',
    });
    const ulog = readUlog(await readFile(join(folder, 'c.ulg')));
    expect(ulog.information.get('sys_name')).toBe('PX4');
    expect(ulog.parameters.size).toBe(STAND_PARAMETERS.length);
    const positions = ulog.data.get('vehicle_local_position') ?? [];
    expect(Math.min(...positions.map((row) => Number(row.z)))).toBeLessThan(-14);
    expect(ulog.data.get('vehicle_status')?.map((row) => row.arming_state)).toEqual(
      expect.arrayContaining([2, 1]),
    );
    expect(ulog.data.get('battery_status')?.length).toBe(positions.length);
    expect((await readFile(join(folder, 'c.ulg'))).equals(await readFile(join(folder, 'd.ulg')))).toBe(true);
  });

  test('while armed: not by messages, and the text once', () => {
    const { aboard } = setUp('ardupilot');
    aboard.arm();
    const list = buildMessage(LogRequestList, { targetSystem: 1, targetComponent: 1, start: 0, end: 0xffff });
    aboard.send(list);
    aboard.send(list);
    aboard.run(1);
    expect(aboard.all(LogEntry)).toHaveLength(0);
    expect(aboard.texts).toEqual(['Disarm for log download']);
  });

  test('a list from behind the last log counts on until it is told to end, as the real one does', () => {
    const { aboard } = setUp('ardupilot');
    aboard.fly(5, 1);
    aboard.send(buildMessage(LogRequestList, { targetSystem: 1, targetComponent: 1, start: 5, end: 9 }));
    aboard.run(0.4);
    const entries = aboard.all(LogEntry);
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.slice(0, 3).map(({ id, size, numLogs }) => [id, size, numLogs])).toEqual([
      [5, 0, 1],
      [6, 0, 1],
      [7, 0, 1],
    ]);
    aboard.send(buildMessage(LogRequestEnd, { targetSystem: 1, targetComponent: 1 }));
    const before = aboard.all(LogEntry).length;
    aboard.run(0.4);
    expect(aboard.all(LogEntry)).toHaveLength(before);
  });

  test('erased behind our back: the bridge tells that they shrank', async () => {
    const { aboard, port, logs, run, connect } = setUp('ardupilot');
    for (let flight = 0; flight < 2; flight += 1) aboard.fly(5, 1);
    connect();
    expect(await run(logs.list())).toMatchObject({ kind: 'done', logs: [{}, {}] });
    expect(aboard.fault({ kind: 'log-erased' })).toBe(true);
    expect(await run(logs.list())).toMatchObject({ kind: 'done', logs: [] });
    expect(port.events).toContainEqual(
      expect.objectContaining({ kind: 'onboard-logs-shrunk', before: 2, after: 0 }),
    );
  });

  test('survives a restart, counts on, and is the same for the same seed', () => {
    const read = (): { readonly numbers: readonly number[]; readonly size: number } => {
      const { aboard } = setUp('ardupilot');
      aboard.fly(5, 1);
      aboard.reboot();
      aboard.fly(5, 1);
      aboard.send(
        buildMessage(LogRequestList, { targetSystem: 1, targetComponent: 1, start: 0, end: 0xffff }),
      );
      aboard.run(0.2);
      const entries = aboard.all(LogEntry);
      return { numbers: entries.map(({ id }) => id), size: entries.reduce((sum, { size }) => sum + size, 0) };
    };
    expect(read().numbers).toEqual([1, 2]);
    expect(read()).toEqual(read());
  });
});
