import { connect, type Socket } from 'node:net';
import pino from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { Encoder } from '../codec/encoder.ts';
import { buildMessage, Heartbeat } from '../codec/messages.ts';
import { Link } from '../link/link.ts';
import type { Clock, LinkId } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { createTransport } from './create-transport.ts';
import { parseLinkUrl } from './parse-link-url.ts';
import { TcpListenTransport } from './tcp-listen.ts';
import { TransportError } from './transport.ts';

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Heard {
  readonly got: [string, string][];
  readonly left: string[];
  readonly closed: string[];
}

async function listenTcp(clock: Clock = systemClock): Promise<Heard & { transport: TcpListenTransport }> {
  const transport = new TcpListenTransport({ kind: 'tcp-listen', host: '127.0.0.1', port: 0 }, clock);
  opened.push(() => transport.close());
  const heard: Heard = { got: [], left: [], closed: [] };
  await transport.open({
    onData: (bytes, endpoint) => heard.got.push([Buffer.from(bytes).toString(), endpoint]),
    onLeft: (endpoint) => heard.left.push(endpoint),
    onClosed: (problem) => heard.closed.push(problem.code),
    onWarning: () => {},
  });
  return { transport, ...heard };
}

async function client(port: number): Promise<{ socket: Socket; endpoint: string; got: string[] }> {
  const socket = connect(port, '127.0.0.1');
  const got: string[] = [];
  socket.on('data', (bytes) => got.push(bytes.toString()));
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  opened.push(() => {
    socket.destroy();
  });
  return { socket, endpoint: `127.0.0.1:${socket.localPort}`, got };
}

describe('TCP listening', () => {
  test('serves many clients on one port, each an endpoint of its own; one that leaves is dropped', async () => {
    const { transport, got, left, closed } = await listenTcp();
    const a = await client(transport.localPort);
    const b = await client(transport.localPort);
    a.socket.write('from a');
    b.socket.write('from b');
    await vi.waitFor(() => expect(got).toHaveLength(2));
    expect(got).toEqual(
      expect.arrayContaining([
        ['from a', a.endpoint],
        ['from b', b.endpoint],
      ]),
    );
    expect(transport.send(Buffer.from('to b'), b.endpoint)).toBe(true);
    await vi.waitFor(() => expect(b.got).toEqual(['to b']));
    expect(a.got).toEqual([]);
    a.socket.resetAndDestroy();
    await vi.waitFor(() => expect(left).toEqual([a.endpoint]));
    expect(transport.endpoints()).toEqual([b.endpoint]);
    expect(transport.send(Buffer.from('late'), a.endpoint)).toBe(false);
    expect(closed).toEqual([]);
    expect(transport.state).toBe('open');
  });

  test('queues little for a client that does not read, and none of it delays the others', async () => {
    const { transport } = await listenTcp();
    const deaf = await client(transport.localPort);
    const well = await client(transport.localPort);
    deaf.socket.pause();
    await vi.waitFor(() => expect(transport.endpoints()).toHaveLength(2));
    const piece = Buffer.alloc(16 * 1024);
    let taken = 0;
    // The system's own buffers come first (some MiB); then ours, which ends at 64 KiB.
    while (taken < 4_000 && transport.send(piece, deaf.endpoint)) taken++;
    expect(taken).toBeLessThan(4_000);
    expect(transport.send(piece, deaf.endpoint)).toBe(false);
    expect(transport.send(Buffer.from('hello'), well.endpoint)).toBe(true);
    await vi.waitFor(() => expect(well.got.join('')).toContain('hello'));
  });

  test('drops a client that spoke and fell silent, and waits for one that never spoke', async () => {
    const clock = new FakeClock();
    const { transport, got } = await listenTcp(clock);
    const spoke = await client(transport.localPort);
    const waits = await client(transport.localPort);
    spoke.socket.write('x');
    await vi.waitFor(() => expect(got).toHaveLength(1));
    await clock.advance(14_000);
    expect(transport.endpoints()).toHaveLength(2);
    await clock.advance(10_000);
    await vi.waitFor(() => expect(transport.endpoints()).toEqual([waits.endpoint]));
  });

  test('close() frees the port and ends the clients, also when called while opening', async () => {
    const { transport, left } = await listenTcp();
    const port = transport.localPort;
    const a = await client(port);
    await vi.waitFor(() => expect(transport.endpoints()).toHaveLength(1));
    const ended = new Promise((resolve) => a.socket.once('close', resolve));
    await transport.close();
    await ended;
    expect(left).toEqual([]);
    const again = new TcpListenTransport({ kind: 'tcp-listen', host: '127.0.0.1', port }, systemClock);
    const opening = again
      .open({ onData: () => {}, onLeft: () => {}, onClosed: () => {}, onWarning: () => {} })
      .catch((error: unknown) => error);
    await again.close();
    expect(await opening).toBeInstanceOf(TransportError);
    expect(again.state).toBe('closed');
  });

  test('a busy port and an address that is not ours are told with what to do', async () => {
    const { transport } = await listenTcp();
    const problemOf = async (url: string): Promise<unknown> => {
      const other = createTransport(parseLinkUrl(url), systemClock);
      const nothing = { onData: () => {}, onLeft: () => {}, onClosed: () => {}, onWarning: () => {} };
      const error = await other.open(nothing).catch((reason: unknown) => reason);
      return error instanceof TransportError ? error.problem : error;
    };
    expect(await problemOf(`tcp-listen://127.0.0.1:${transport.localPort}`)).toMatchObject({
      code: 'transport.port-busy',
      message: expect.stringContaining(`TCP port ${transport.localPort} is used by another program`),
    });
    expect(await problemOf('tcp-listen://192.0.2.1:5760')).toMatchObject({
      code: 'transport.host-unknown',
      message: expect.stringContaining('no address 192.0.2.1'),
    });
  });

  test('a link frames each client apart, and half a frame of one that left spoils nothing', async () => {
    let transport: TcpListenTransport | null = null;
    const heard: [string, number][] = [];
    const link = new Link({
      config: { linkId: 'l' as LinkId, url: 'tcp-listen://127.0.0.1:0' },
      systemId: 245,
      componentId: 190,
      clock: systemClock,
      random: () => 0,
      logger: pino({ level: 'silent' }),
      createTransport: () => {
        transport = new TcpListenTransport({ kind: 'tcp-listen', host: '127.0.0.1', port: 0 }, systemClock);
        return transport;
      },
      onFrame: (_link, endpoint, frame) => heard.push([endpoint, frame.systemId]),
      onSent: () => {},
      onStatus: () => {},
    });
    await link.start();
    opened.push(() => link.close());
    const { localPort } = transport as unknown as TcpListenTransport;
    const beat = (systemId: number): Buffer =>
      new Encoder({ systemId, componentId: 1 }).encode(buildMessage(Heartbeat, { type: 2 }));
    const a = await client(localPort);
    const b = await client(localPort);
    a.socket.write(beat(1).subarray(0, 9));
    b.socket.write(beat(2));
    await vi.waitFor(() => expect(heard).toEqual([[b.endpoint, 2]]));
    a.socket.write(beat(1).subarray(9));
    await vi.waitFor(() => expect(heard).toContainEqual([a.endpoint, 1]));
    expect(link.status()).toMatchObject({ framesIn: 2, garbageBytes: 0 });
    a.socket.write(beat(1).subarray(0, 9));
    a.socket.end();
    await vi.waitFor(() => expect(link.endpoints()).toEqual([b.endpoint]));
    expect(link.status().framesIn).toBe(2);
  });
});
