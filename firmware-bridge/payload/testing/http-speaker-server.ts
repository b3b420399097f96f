import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A loudspeaker behind a real HTTP server, after docs/payload-http.md; each misbehaviour is a switch. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly authorization: string | null;
}

export type Answer = (request: Received, response: ServerResponse, next: () => void) => void;

export class HttpSpeakerServer {
  readonly received: Received[] = [];
  /** Texts and clips that were really begun. */
  readonly spoken: string[] = [];
  state = 'idle';
  lastKey: string | null = null;
  volumePct = 50;
  token: string | null = null;
  /** Looked at before the device's own behaviour, each once. */
  readonly faults: Answer[] = [];
  concurrent = 0;
  mostConcurrent = 0;
  baseUrl = '';
  readonly #keys = new Set<string>();
  #server: Server | null = null;

  async open(): Promise<void> {
    const server = createServer((request, response) => this.#on(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/airgrid`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  of(path: string): readonly Received[] {
    return this.received.filter((request) => request.path === `/airgrid${path}`);
  }

  #on(request: IncomingMessage, response: ServerResponse): void {
    this.concurrent++;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    response.on('close', () => {
      this.concurrent--;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const heard: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        body: text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>),
        key: (request.headers['idempotency-key'] as string | undefined) ?? null,
        authorization: request.headers.authorization ?? null,
      };
      this.received.push(heard);
      const next = (): void => this.#behave(heard, response);
      const fault = this.faults.shift();
      if (fault === undefined) next();
      else fault(heard, response, next);
    });
  }

  #behave({ method, path, body, key, authorization }: Received, response: ServerResponse): void {
    if (this.token !== null && authorization !== `Bearer ${this.token}`) {
      reply(response, 401, { error: { code: 'unauthorised', message: 'wrong token' } });
      return;
    }
    switch (`${method} ${path.replace('/airgrid', '')}`) {
      case 'POST /say':
      case 'POST /play':
        if (key !== null && this.#keys.has(key)) break;
        if (this.state === 'playing') {
          reply(response, 409, { error: { code: 'busy', message: '正在播放' } });
          return;
        }
        if (key !== null) this.#keys.add(key);
        this.lastKey = key;
        this.state = 'playing';
        this.spoken.push(String(body.text ?? body.clipId));
        break;
      case 'POST /stop':
        this.state = 'idle';
        break;
      case 'PUT /volume':
        this.volumePct = Number(body.volumePct);
        break;
      case 'GET /status':
        break;
      default:
        reply(response, 404, { error: { code: 'none', message: 'no such function' } });
        return;
    }
    reply(response, 200, this.status());
  }

  status(): Readonly<Record<string, unknown>> {
    const { state, lastKey, volumePct } = this;
    return { state, remainingS: state === 'playing' ? 4 : 0, volumePct, fault: null, lastKey };
  }
}

export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
