import { createSocket } from 'node:dgram';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { Encoder } from '../codec/encoder.ts';
import { buildMessage, CommandLong, Heartbeat } from '../codec/messages.ts';
import type { LinkId } from '../model.ts';
import { UdpTransport } from '../transport/udp.ts';
import { Link } from './link.ts';

test('a link tells its state, its bytes and frames both ways, what was wrong, and its receive buffer', async () => {
  const udp: UdpTransport[] = [];
  const link = new Link({
    config: { linkId: 'l' as LinkId, url: 'udp-listen://127.0.0.1:0' },
    systemId: 245,
    componentId: 190,
    clock: systemClock,
    random: () => 0,
    logger: pino({ level: 'silent' }),
    createTransport: () => {
      const transport = new UdpTransport({ kind: 'udp-listen', host: '127.0.0.1', port: 0 }, systemClock);
      udp.push(transport);
      return transport;
    },
    onFrame: () => {},
    onSent: () => {},
    onStatus: () => {},
  });
  const nothing = {
    bytesIn: 0,
    bytesOut: 0,
    framesIn: 0,
    framesOut: 0,
    garbageBytes: 0,
    badCrc: 0,
    rejected: 0,
  };
  expect(link.status()).toMatchObject({
    state: 'opening',
    ...nothing,
    receiveBufferBytes: null,
    endpoints: [],
  });
  await link.start();
  const peer = createSocket('udp4');
  try {
    const encoder = new Encoder({ systemId: 1, componentId: 1 });
    const good = encoder.encode(buildMessage(Heartbeat, { type: 2 }));
    const damaged = Buffer.from(good);
    damaged[10] = 0x55;
    const flagged = Buffer.from(good);
    flagged[2] = 0x80;
    await new Promise<void>((resolve) => peer.connect(udp[0]?.localPort ?? 0, '127.0.0.1', resolve));
    for (const bytes of [good, damaged, flagged, Buffer.from('noise'), good]) peer.send(bytes);
    await vi.waitFor(() => expect(link.status().bytesIn).toBe(4 * good.length + 5));
    const command = buildMessage(CommandLong, { targetSystem: 1, command: 400 });
    const [endpoint = ''] = link.endpoints();
    expect([link.send(command, endpoint), link.send(command, '127.0.0.1:9')]).toEqual([true, false]);
    const status = link.status();
    expect(status).toMatchObject({
      state: 'open',
      problem: null,
      framesIn: 2,
      framesOut: 1,
      badCrc: 1,
      rejected: 1,
      garbageBytes: 2 * good.length + 5,
      endpoints: [`127.0.0.1:${peer.address().port}`],
      unsigned: 0,
      badSignature: 0,
      replayed: 0,
    });
    expect(status.bytesOut).toBeGreaterThan(40);
    expect(status.receiveBufferBytes).toBeGreaterThan(0);
  } finally {
    await link.close();
    peer.close();
  }
  // What was counted stays counted.
  expect(link.status()).toMatchObject({ state: 'closed', framesIn: 2, badCrc: 1, receiveBufferBytes: null });
});
