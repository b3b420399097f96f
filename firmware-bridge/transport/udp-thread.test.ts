import { createSocket, type Socket } from 'node:dgram';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { serveUdp } from './serve-udp.ts';
import { TransportError, type TransportEvents } from './transport.ts';
import { UdpTransport } from './udp.ts';
import { type Backlog, type FromUdpThread, newBacklog, type ToUdpThread } from './udp-messages.ts';
import type { UdpAddress } from './udp-socket.ts';
import { UdpThread, type UdpThreadWorker } from './udp-thread.ts';

const close: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of close.splice(0).reverse()) await one();
});

/** Both sides of the border in one thread, messages cloned and transferred as between two. */
function startThread(): { thread: UdpThread; backlog: () => Backlog; die: () => void; starts: () => number } {
  let backlog = newBacklog();
  let die = (): void => {};
  let starts = 0;
  const start = (made: Backlog): UdpThreadWorker => {
    backlog = made;
    starts++;
    const { port1, port2 } = new MessageChannel();
    serveUdp(
      {
        postMessage: (message: FromUdpThread, transfer = []) => port2.postMessage(message, [...transfer]),
        on: (event, listener) => port2.on(event, listener),
      },
      made,
      systemClock,
    );
    const exits: (() => void)[] = [];
    die = () => {
      port1.close();
      for (const exit of exits) exit();
    };
    return {
      postMessage: (message: ToUdpThread, transfer = []) => port1.postMessage(message, [...transfer]),
      on: (event: 'message' | 'exit', listener: (message: FromUdpThread) => void) => {
        if (event === 'exit') exits.push(listener as () => void);
        else port1.on('message', listener);
        return port1;
      },
      terminate: async () => port1.close(),
    };
  };
  const thread = new UdpThread(start, newBacklog, systemClock.nowMs);
  close.push(() => thread.close());
  return { thread, backlog: () => backlog, die: () => die(), starts: () => starts };
}

interface Heard {
  readonly got: { readonly text: string; readonly endpoint: string; readonly atMs: number }[];
  readonly closed: string[];
  readonly events: TransportEvents;
}

function heard(): Heard {
  const got: Heard['got'] = [];
  const closed: string[] = [];
  return {
    got,
    closed,
    events: {
      onData: (bytes, endpoint, atMs) =>
        got.push({ text: Buffer.from(bytes).toString(), endpoint, atMs: atMs ?? Number.NaN }),
      onLeft: () => {},
      onClosed: (problem) => closed.push(problem.code),
      onWarning: () => {},
    },
  };
}

function transportOn(thread: UdpThread, address: UdpAddress): UdpTransport {
  const transport = new UdpTransport(address, systemClock, thread.port(address));
  close.push(() => transport.close());
  return transport;
}

const listenAddress: UdpAddress = { kind: 'udp-listen', host: '127.0.0.1', port: 0 };

async function peer(port: number): Promise<{ socket: Socket; endpoint: string; got: string[] }> {
  const socket = createSocket('udp4');
  const got: string[] = [];
  socket.on('message', (bytes) => got.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  close.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return { socket, endpoint: `127.0.0.1:${socket.address().port}`, got };
}

test('datagrams of several peers come in order, with the time of their arrival; answers reach each', async () => {
  const { thread, backlog } = startThread();
  const transport = transportOn(thread, listenAddress);
  const { got, events } = heard();
  await transport.open(events);
  const [a, b] = [await peer(transport.localPort), await peer(transport.localPort)];
  const beforeMs = systemClock.nowMs();
  for (let n = 0; n < 300; n++) a.socket.send(`a${n}`);
  b.socket.send('b0');
  await vi.waitFor(() => expect(got).toHaveLength(301));
  expect(got.filter(({ endpoint }) => endpoint === a.endpoint).map(({ text }) => text)).toEqual(
    Array.from({ length: 300 }, (_, n) => `a${n}`),
  );
  for (const { atMs } of got) {
    expect(atMs).toBeGreaterThanOrEqual(beforeMs);
    expect(atMs).toBeLessThanOrEqual(systemClock.nowMs());
  }
  expect(Atomics.load(backlog(), 0)).toBe(0);
  expect(transport.send(Buffer.from('to a'), a.endpoint)).toBe(true);
  expect(transport.send(Buffer.from('to b'), b.endpoint)).toBe(true);
  expect(transport.send(Buffer.from('to nobody'), '127.0.0.1:9')).toBe(false);
  await vi.waitFor(() => expect([a.got, b.got]).toEqual([['to a'], ['to b']]));
});

test('outward: the one peer can be sent to before it ever spoke', async () => {
  const { thread } = startThread();
  const far = createSocket('udp4');
  close.push(() => new Promise<void>((resolve) => far.close(() => resolve())));
  const got: string[] = [];
  far.on('message', (bytes) => got.push(bytes.toString()));
  await new Promise<void>((resolve) => far.bind(0, '127.0.0.1', resolve));
  const transport = transportOn(thread, { kind: 'udp', host: '127.0.0.1', port: far.address().port });
  await transport.open(heard().events);
  expect(transport.endpoints()).toEqual([`127.0.0.1:${far.address().port}`]);
  transport.send(Buffer.from('hello'), `127.0.0.1:${far.address().port}`);
  await vi.waitFor(() => expect(got).toEqual(['hello']));
});

test('a port in use is told in the same words as without a thread', async () => {
  const { thread } = startThread();
  const first = transportOn(thread, listenAddress);
  await first.open(heard().events);
  const second = transportOn(thread, { ...listenAddress, port: first.localPort });
  const error = await second.open(heard().events).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TransportError);
  expect((error as TransportError).problem.code).toBe('transport.port-busy');
  expect(second.state).toBe('closed');
  await first.close();
  const third = transportOn(thread, { ...listenAddress, port: first.localPort });
  await third.open(heard().events);
  expect(third.state).toBe('open');
});

test('the thread dies: every open port closes with a problem, and the next one starts it anew', async () => {
  const { thread, die, starts } = startThread();
  const transport = transportOn(thread, listenAddress);
  const { closed, events } = heard();
  await transport.open(events);
  die();
  expect(closed).toEqual(['transport.open-failed']);
  expect(transport.state).toBe('closed');
  await transport.close();
  const again = transportOn(thread, listenAddress);
  await again.open(heard().events);
  expect(again.state).toBe('open');
  expect(starts()).toBe(2);
});

test('while something waits, who is silent can be said only up to what was handed over', async () => {
  const { thread, backlog } = startThread();
  const transport = transportOn(thread, listenAddress);
  const { got, events } = heard();
  await transport.open(events);
  const one = await peer(transport.localPort);
  one.socket.send('first');
  await vi.waitFor(() => expect(got).toHaveLength(1));
  const beforeMs = systemClock.nowMs();
  expect(transport.handedUntilMs).toBeNull();
  const afterMs = systemClock.nowMs();
  // A batch that was posted and did not get here yet: all was handed over when nothing waited, and no later.
  Atomics.add(backlog(), 0, 100);
  expect(transport.handedUntilMs).toBeGreaterThanOrEqual(beforeMs);
  expect(transport.handedUntilMs).toBeLessThanOrEqual(afterMs);
  Atomics.sub(backlog(), 0, 100);
  expect(transport.handedUntilMs).toBeNull();
});

test('a link that has been silent for long does not hold back what is said of the others', async () => {
  const { thread, backlog } = startThread();
  const [silent, busy] = [transportOn(thread, listenAddress), transportOn(thread, listenAddress)];
  const [onSilent, onBusy] = [heard(), heard()];
  await silent.open(onSilent.events);
  await busy.open(onBusy.events);
  (await peer(silent.localPort)).socket.send('last word');
  await vi.waitFor(() => expect(onSilent.got).toHaveLength(1));
  const speaking = await peer(busy.localPort);
  speaking.socket.send('one');
  await vi.waitFor(() => expect(onBusy.got).toHaveLength(1));
  // The busy link's next batch is on its way.
  Atomics.add(backlog(), 0, 100);
  expect(silent.handedUntilMs).toBe(onBusy.got[0]?.atMs);
  expect(busy.handedUntilMs).toBe(onBusy.got[0]?.atMs);
});

test('after silence everywhere, what is on its way holds back no further than when nothing was', async () => {
  const { thread, backlog } = startThread();
  const transport = transportOn(thread, listenAddress);
  const { got, events } = heard();
  await transport.open(events);
  const one = await peer(transport.localPort);
  one.socket.send('first');
  await vi.waitFor(() => expect(got).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(transport.handedUntilMs).toBeNull();
  Atomics.add(backlog(), 0, 100);
  expect(transport.handedUntilMs).toBeGreaterThan((got[0]?.atMs ?? Number.NaN) + 90);
});

test('a reader that is too far behind: the newest are dropped, counted and told', async () => {
  const { thread, backlog } = startThread();
  const transport = transportOn(thread, listenAddress);
  const { got, events } = heard();
  const warnings: string[] = [];
  await transport.open({ ...events, onWarning: (message) => warnings.push(message) });
  const one = await peer(transport.localPort);
  Atomics.store(backlog(), 0, 64 * 1024 * 1024);
  one.socket.send('too much');
  await vi.waitFor(() => expect(transport.droppedDatagrams).toBe(1), { timeout: 5_000 });
  expect(got).toEqual([]);
  expect(warnings.some((message) => message.startsWith('Telemetry was lost on this machine'))).toBe(true);
  Atomics.store(backlog(), 0, 0);
  one.socket.send('again');
  await vi.waitFor(() => expect(got.map(({ text }) => text)).toEqual(['again']));
});
