import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, expect, test } from 'vitest';
import { LiveBridge } from './bridge.ts';
import { decodeById } from './codec/decoder.ts';
import { Encoder } from './codec/encoder.ts';
import { Framer } from './codec/framer.ts';
import { buildMessage, CommandLong, type MavLinkData } from './codec/messages.ts';
import { readTlog } from './codec/tlog-reader.ts';
import type { BridgeConfig, LinkId } from './model.ts';
import { FakeClock } from './test-support/fake-clock.ts';
import { ScriptedPeer } from './test-support/scripted-peer.ts';
import { MemoryNetwork, MemoryTransport } from './transport/memory.ts';

/** Another ground station beside us, and signatures, through the whole bridge. */
const LINK = 'udp-listen://127.0.0.1:1';
const STATION = 'udp://127.0.0.1:2';

const folder = mkdtempSync(join(tmpdir(), 'airgrid-forward-'));
let clean: (() => Promise<void>) | undefined;
afterEach(async () => {
  await clean?.();
  rmSync(folder, { recursive: true, force: true });
});

async function start(config: Partial<BridgeConfig>): Promise<{
  readonly bridge: LiveBridge;
  readonly clock: FakeClock;
  readonly networks: Readonly<Record<string, MemoryNetwork>>;
  readonly peer: ScriptedPeer;
}> {
  const clock = new FakeClock();
  const networks: Record<string, MemoryNetwork> = {
    [LINK]: new MemoryNetwork(),
    [STATION]: new MemoryNetwork(),
  };
  const bridge = new LiveBridge(
    {
      links: [{ linkId: 'l' as LinkId, url: LINK }],
      ...{ systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 4, recordingDir: null },
      ...config,
    },
    {
      clock,
      random: () => 0.5,
      logger: pino({ level: 'silent' }),
      isHealthy: () => true,
      createTransport: (url) => new MemoryTransport(networks[url] as MemoryNetwork),
    },
  );
  const peer = new ScriptedPeer(clock, (bytes) => networks[LINK]?.emit(bytes, 'a:1'));
  networks[LINK]?.addEndpoint('a:1', (bytes) => peer.receive(Buffer.from(bytes)));
  clean = async () => {
    peer.stop();
    await bridge.close();
  };
  await bridge.start();
  peer.start();
  return { bridge, clock, networks, peer };
}

function messagesOf(bytes: readonly Uint8Array[]): (MavLinkData | null)[] {
  const framer = new Framer();
  return bytes.flatMap((piece) => framer.pushDatagram(piece)).map(decodeById);
}

test('another station sees the aircraft, and what it sends is obeyed and on the flight record', async () => {
  const { bridge, clock, networks, peer } = await start({
    recordingDir: folder,
    forwards: [{ forwardId: 'qgc', url: STATION, mode: 'read-write' }],
  });
  const seen: Uint8Array[] = [];
  networks[STATION]?.addEndpoint('b:2', (bytes) => seen.push(Uint8Array.from(bytes)));
  await clock.advance(3_000);
  expect(messagesOf(seen).some((message) => message?.constructor.name === 'GlobalPositionInt')).toBe(true);
  peer.armed = true;
  await clock.advance(1_000);
  const theirs = new Encoder({ systemId: 255, componentId: 190 }).encode(
    buildMessage(CommandLong, { targetSystem: 1, targetComponent: 1, command: 176, _param1: 1, _param2: 6 }),
  );
  networks[STATION]?.emit(theirs, 'b:2');
  await clock.advance(1_000);
  expect(peer.customMode).toBe(6);
  expect(bridge.forwards()).toMatchObject([{ forwardId: 'qgc', framesIn: 1 }]);
  await bridge.close();
  const [file] = readdirSync(folder);
  const records = [...readTlog(readFileSync(join(folder, file as string)))];
  expect(records.some(({ frame }) => frame.raw.equals(theirs))).toBe(true);
});

test('on a link that requires signatures an unsigned aircraft is heard by nobody, and counted', async () => {
  const keyFile = join(mkdtempSync(join(tmpdir(), 'airgrid-key-')), 'link.key');
  writeFileSync(keyFile, 'ab'.repeat(32), { mode: 0o600 });
  const { bridge, clock } = await start({
    links: [{ linkId: 'l' as LinkId, url: LINK, signing: { policy: 'required', signingLinkId: 1, keyFile } }],
  });
  await clock.advance(6_000);
  expect(bridge.vehicles()).toEqual([]);
  expect(bridge.links()[0]?.unsigned).toBeGreaterThan(10);
});
