import pino from 'pino';
import { expect, test } from 'vitest';
import { decode } from '../codec/decoder.ts';
import { Framer } from '../codec/framer.ts';
import { Heartbeat } from '../codec/messages.ts';
import type { LinkId } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Link } from './link.ts';

test('heartbeats stop while the server is not healthy, so that the failsafe of the aircraft acts', async () => {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const got: Heartbeat[] = [];
  const framer = new Framer();
  network.addEndpoint('a:1', (bytes) => {
    for (const frame of framer.pushDatagram(bytes)) got.push(decode(frame, Heartbeat));
  });
  const link = new Link({
    config: { linkId: 'l' as LinkId, url: 'udp-listen://127.0.0.1:0' },
    systemId: 245,
    componentId: 190,
    clock,
    random: () => 0,
    logger: pino({ level: 'silent' }),
    createTransport: () => new MemoryTransport(network),
    onFrame: () => {},
    onSent: () => {},
    onStatus: () => {},
  });
  await link.start();
  let healthy = true;
  const silences: boolean[] = [];
  const heartbeat = startHeartbeat({
    clock,
    links: [link],
    isHealthy: () => healthy,
    onSilence: (silent) => silences.push(silent),
  });
  await clock.advance(3_000);
  expect(got).toHaveLength(3);
  // GCS, no autopilot, active, MAVLink 3 (the number of the common dialect's version).
  expect(got[0]).toMatchObject({ type: 6, autopilot: 8, systemStatus: 4, mavlinkVersion: 3 });
  healthy = false;
  await clock.advance(5_000);
  expect(got).toHaveLength(3);
  healthy = true;
  await clock.advance(2_000);
  expect(got).toHaveLength(5);
  expect(silences).toEqual([true, false]);
  heartbeat.cancel();
  await link.close();
  expect(clock.pendingTimers).toBe(0);
});
