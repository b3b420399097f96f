import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { TcpTransport } from './tcp.ts';
import { type Transport, TransportError, type TransportEvents } from './transport.ts';
import { UdpTransport } from './udp.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function listen(): {
  events: TransportEvents;
  got: [string, string][];
  closed: string[];
  warnings: string[];
} {
  const got: [string, string][] = [];
  const closed: string[] = [];
  const warnings: string[] = [];
  return {
    got,
    closed,
    warnings,
    events: {
      onData: (bytes, endpoint) => got.push([Buffer.from(bytes).toString(), endpoint]),
      onLeft: () => {},
      onClosed: (problem) => closed.push(problem.code),
      onWarning: (message) => warnings.push(message),
    },
  };
}

function keep<T extends Transport>(transport: T): T {
  open.push(() => transport.close());
  return transport;
}

async function problemOf(attempt: Promise<void>): Promise<{ code: string; message: string }> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof TransportError) return error.problem;
    throw error;
  }
  throw new Error('it opened');
}

async function udpPeer(port: number): Promise<{ socket: Socket; endpoint: string; got: string[] }> {
  const socket = createSocket('udp4');
  const got: string[] = [];
  socket.on('message', (bytes) => got.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => socket.close(() => resolve())));
  return { socket, endpoint: `127.0.0.1:${socket.address().port}`, got };
}

describe('UDP listening', () => {
  test('learns its peers from what they send, answers each, and forgets them after 10 s', async () => {
    const clock = new FakeClock();
    const transport = keep(new UdpTransport({ kind: 'udp-listen', host: '127.0.0.1', port: 0 }, clock));
    const heard = listen();
    await transport.open(heard.events);
    const a = await udpPeer(transport.localPort);
    const b = await udpPeer(transport.localPort);
    a.socket.send('from a');
    b.socket.send('from b');
    await vi.waitFor(() => expect(heard.got).toHaveLength(2));
    expect(heard.got).toEqual(
      expect.arrayContaining([
        ['from a', a.endpoint],
        ['from b', b.endpoint],
      ]),
    );
    expect(transport.send(Buffer.from('to b'), b.endpoint)).toBe(true);
    expect(transport.send(Buffer.from('to nobody'), '127.0.0.1:9')).toBe(false);
    await vi.waitFor(() => expect(b.got).toEqual(['to b']));
    expect(a.got).toEqual([]);
    await clock.advance(6_000);
    a.socket.send('again');
    await vi.waitFor(() => expect(heard.got).toHaveLength(3));
    await clock.advance(6_000);
    expect(transport.endpoints()).toEqual([a.endpoint]);
    expect(transport.send(Buffer.from('late'), b.endpoint)).toBe(false);
  });

  test('asks for 8 MiB of receive buffer and warns when it gets less', async () => {
    const transport = keep(new UdpTransport({ kind: 'udp-listen', host: '127.0.0.1', port: 0 }, systemClock));
    const heard = listen();
    await transport.open(heard.events);
    // What this machine grants decides; the warning must say how to get it, and come exactly when it is less.
    const granted = transport.receiveBufferBytes ?? 0;
    expect(granted).toBeGreaterThan(0);
    if (process.platform === 'linux') {
      const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
      expect(granted).toBe(Math.min(limit, 8 * 1024 * 1024));
    }
    if (granted >= 8 * 1024 * 1024) expect(heard.warnings).toEqual([]);
    else expect(heard.warnings).toEqual([expect.stringMatching(/KiB instead of 8 MiB.*sysctl/)]);
  });

  test('close() while it opens ends both', async () => {
    const transport = new UdpTransport({ kind: 'udp', host: 'localhost', port: 14550 }, systemClock);
    const opening = transport.open(listen().events).catch((error: unknown) => error);
    await transport.close();
    expect(await opening).toBeInstanceOf(TransportError);
    expect(transport.state).toBe('closed');
  });

  test('a busy port is told with what to do', async () => {
    const first = keep(new UdpTransport({ kind: 'udp-listen', host: '127.0.0.1', port: 0 }, systemClock));
    await first.open(listen().events);
    const second = new UdpTransport(
      { kind: 'udp-listen', host: '127.0.0.1', port: first.localPort },
      systemClock,
    );
    const problem = await problemOf(second.open(listen().events));
    expect(problem.code).toBe('transport.port-busy');
    expect(problem.message).toContain(`UDP port ${first.localPort} is used by another program`);
  });
});

describe('UDP outward', () => {
  test('speaks first, hears the answer, and bears a far end that is not there yet', async () => {
    const far = createSocket('udp4');
    await new Promise<void>((resolve) => far.bind(0, '127.0.0.1', resolve));
    const { port } = far.address();
    await new Promise<void>((resolve) => far.close(() => resolve()));
    const transport = keep(new UdpTransport({ kind: 'udp', host: '127.0.0.1', port }, systemClock));
    const heard = listen();
    await transport.open(heard.events);
    const endpoint = `127.0.0.1:${port}`;
    expect(transport.endpoints()).toEqual([endpoint]);
    for (let i = 0; i < 5; i++) transport.send(Buffer.from('nobody there'), endpoint);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.closed).toEqual([]);
    const late = createSocket('udp4');
    open.push(() => new Promise((resolve) => late.close(() => resolve())));
    await new Promise<void>((resolve) => late.bind(port, '127.0.0.1', resolve));
    late.on('message', (bytes, from) => late.send(`echo ${bytes}`, from.port, from.address));
    await vi.waitFor(() => {
      transport.send(Buffer.from('hello'), endpoint);
      expect(heard.got).toContainEqual(['echo hello', endpoint]);
    });
  });

  test('an unknown host is told as such', async () => {
    const transport = new UdpTransport(
      { kind: 'udp', host: 'no-such-host.invalid', port: 14550 },
      systemClock,
    );
    const problem = await problemOf(transport.open(listen().events));
    expect(problem.code).toBe('transport.host-unknown');
  });
});

describe('TCP client', () => {
  async function server(onSocket: (socket: TcpSocket) => void): Promise<{ server: Server; port: number }> {
    const tcp = createServer(onSocket);
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const address = tcp.address();
    open.push(() => new Promise((resolve) => tcp.close(() => resolve())));
    return { server: tcp, port: typeof address === 'object' && address !== null ? address.port : 0 };
  }

  test('carries bytes both ways and tells when the far end closes', async () => {
    let far: TcpSocket | undefined;
    const { port } = await server((socket) => {
      far = socket;
      socket.on('error', () => {});
      socket.on('data', (bytes) => socket.write(`echo ${bytes}`));
    });
    const transport = keep(new TcpTransport({ kind: 'tcp', host: '127.0.0.1', port }, systemClock));
    const heard = listen();
    await transport.open(heard.events);
    expect(transport.endpoints()).toEqual([`127.0.0.1:${port}`]);
    transport.send(Buffer.from('hello'), `127.0.0.1:${port}`);
    await vi.waitFor(() => expect(heard.got).toEqual([['echo hello', `127.0.0.1:${port}`]]));
    far?.destroy();
    await vi.waitFor(() => expect(heard.closed).toEqual(['transport.closed-by-peer']));
    expect(transport.send(Buffer.from('x'), `127.0.0.1:${port}`)).toBe(false);
  });

  test('a far end that spoke and fell silent is left, so that the link connects anew', async () => {
    const clock = new FakeClock();
    let far: TcpSocket | null = null;
    const { port } = await server((socket) => {
      far = socket;
      socket.on('error', () => {});
    });
    const transport = keep(new TcpTransport({ kind: 'tcp', host: '127.0.0.1', port }, clock));
    const heard = listen();
    await transport.open(heard.events);
    await clock.advance(60_000);
    // Nothing came yet: its vehicle may not be switched on.
    expect(heard.closed).toEqual([]);
    (far as TcpSocket | null)?.write('x');
    await vi.waitFor(() => expect(heard.got).toHaveLength(1));
    await clock.advance(25_000);
    await vi.waitFor(() => expect(heard.closed).toEqual(['transport.closed-by-peer']));
    expect(clock.pendingTimers).toBe(0);
  });

  test('a refused connection is told with what to do', async () => {
    const { server: tcp, port } = await server(() => {});
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
    open.length = 0;
    const problem = await problemOf(
      new TcpTransport({ kind: 'tcp', host: '127.0.0.1', port }, systemClock).open(listen().events),
    );
    expect(problem.code).toBe('transport.refused');
    expect(problem.message).toContain(`TCP port ${port}`);
  });

  test('an unknown host is told as such', async () => {
    const problem = await problemOf(
      new TcpTransport({ kind: 'tcp', host: 'no-such-host.invalid', port: 1 }, systemClock).open(
        listen().events,
      ),
    );
    expect(problem.code).toBe('transport.host-unknown');
  });
});
