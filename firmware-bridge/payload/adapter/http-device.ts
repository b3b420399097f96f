import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { BridgeError } from '../../bridge-error.ts';
import type { Clock, CommandOutcome, VehicleId } from '../../model.ts';
import { tidyText } from '../text.ts';
import type { DeviceHealth } from './adapter.ts';
import { HttpQueue, type Job } from './http-queue.ts';

/**
 * One device that is spoken to by JSON over HTTP (docs/payload-http.md). One request at a time; each with a time
 * limit and a bounded answer; redirects are refused (a device has no business sending our token elsewhere); only
 * what may be done twice is tried again by itself.
 *
 *   queued ──► sent ──2xx──► answer
 *     │          ├─ 3xx, 4xx ──► denied, unsupported, busy
 *     │          ├─ 5xx, reset, too slow ──► idempotent: again after 0.25 s, 0.75 s · else: no-answer, denied
 *     │          └─ nobody there ──► idempotent: again · else: not-connected (nothing was sent)
 *     └── stop, off ──► ends what runs, voids what waits before it, is sent at once
 */
export interface HttpDeviceOptions {
  /** `http://10.0.3.7:8080/airgrid`, without user, query or fragment. */
  readonly baseUrl: string;
  /** Holds one line, the bearer token; null: the device asks for none. */
  readonly tokenFile: string | null;
  /** For the whole of one attempt. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: typeof fetch;
}

/** A device with its place in the fleet: what every adapter on HTTP is made from. */
export interface HttpAdapterOptions<Capabilities> extends HttpDeviceOptions {
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: Capabilities;
}

/** The outcome where a device's answer is no status of its kind. */
export const UNREADABLE = {
  kind: 'denied',
  result: 'UNREADABLE',
  reasons: ['The device answers with something that is no status.'],
} as const;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `/say`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly idempotencyKey?: string;
  /** May be tried again by itself. */
  readonly isIdempotent: boolean;
  /** Stop and off. */
  readonly isUrgent: boolean;
}

export type HttpAnswer =
  | { readonly kind: 'answer'; readonly body: unknown }
  | Exclude<CommandOutcome, { readonly kind: 'done' }>;

type Attempt = { readonly answer: HttpAnswer; readonly mayRetry: boolean };

const MAX_BODY_BYTES = 16 * 1024;
const MAX_TOKEN_LENGTH = 4_096;
const RETRY_AFTER_MS = [250, 750];
const REASON_LENGTH = 200;
/** Nothing was sent: there is nobody at that address. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export class HttpDevice {
  readonly #options: HttpDeviceOptions;
  readonly #base: string;
  readonly #queue: HttpQueue<HttpAnswer>;
  #token: string | null = null;
  #heardAtMs: number | null = null;
  #problem: string | null = null;
  #fault: string | null = null;

  /** Throws `payload.bad-url` where the address is none of that kind. */
  constructor(options: HttpDeviceOptions) {
    this.#options = options;
    this.#base = baseOf(options.baseUrl);
    this.#queue = new HttpQueue<HttpAnswer>((by) => ({ kind: 'cancelled', by }));
  }

  /** Never throws. */
  request(request: HttpRequest): Promise<HttpAnswer> {
    return this.#queue.add(request.isUrgent, { kind: 'busy', what: 'too many requests wait' }, (job) =>
      this.#try(request, job),
    );
  }

  /** What its status said last; null: no fault. */
  noteFault(fault: string | null): void {
    this.#fault = fault;
  }

  health(): DeviceHealth {
    const heardAtMs = this.#heardAtMs;
    if (this.#problem !== null) return { state: 'unreachable', problem: this.#problem, heardAtMs };
    if (heardAtMs === null) return { state: 'unknown', problem: null, heardAtMs };
    return { state: this.#fault === null ? 'ok' : 'fault', problem: this.#fault, heardAtMs };
  }

  /** Waits on the device's clock; false: the device was closed meanwhile. */
  pause(forMs: number): Promise<boolean> {
    return this.#queue.pause(this.#options.clock, forMs);
  }

  async close(): Promise<void> {
    await this.#queue.close('closed');
  }

  async #try(request: HttpRequest, job: Job): Promise<HttpAnswer> {
    for (let attempt = 0; ; attempt++) {
      const { answer, mayRetry } = await this.#attempt(request, job);
      if (job.endedBy !== null) return { kind: 'cancelled', by: job.endedBy };
      const afterMs = RETRY_AFTER_MS[attempt];
      if (!mayRetry || !request.isIdempotent || afterMs === undefined) return answer;
      await job.pause(this.#options.clock, afterMs);
      if (job.endedBy !== null) return { kind: 'cancelled', by: job.endedBy };
    }
  }

  async #attempt(request: HttpRequest, job: Job): Promise<Attempt> {
    const { clock, timeoutMs, logger } = this.#options;
    const token = await this.#readToken();
    if (token instanceof BridgeError) {
      return final({ kind: 'denied', result: 'NO_TOKEN', reasons: [token.message] });
    }
    const sentAtMs = clock.nowMs();
    const abort = new AbortController();
    const timer = clock.setTimer(() => abort.abort(), timeoutMs);
    const unhook = job.onEnd(() => abort.abort());
    try {
      const response = await this.#options.fetch(`${this.#base}${request.path}`, {
        method: request.method,
        headers: headersOf(request, token),
        redirect: 'manual',
        signal: abort.signal,
        ...(request.body === null ? {} : { body: JSON.stringify(request.body) }),
      });
      const body = await readJson(response);
      this.#heardAtMs = clock.nowMs();
      this.#problem = null;
      if (response.status === 401) this.#token = null;
      return judge(response, body);
    } catch (error) {
      const code = codeOf(error);
      if (job.endedBy !== null) return final({ kind: 'cancelled', by: job.endedBy });
      const afterMs = Math.round(clock.nowMs() - sentAtMs);
      this.#problem = code === null ? 'no answer in time' : `no answer (${code})`;
      // The address and the code only: an error of fetch may carry our headers.
      logger.debug({ url: this.#base, path: request.path, code, afterMs }, 'A payload device did not answer');
      const isAbsent = code !== null && NOT_CONNECTED.has(code);
      return {
        answer: isAbsent ? { kind: 'not-connected' } : { kind: 'no-answer', afterMs },
        mayRetry: true,
      };
    } finally {
      timer.cancel();
      unhook();
    }
  }

  async #readToken(): Promise<string | null | BridgeError> {
    const { tokenFile } = this.#options;
    if (tokenFile === null) return null;
    if (this.#token !== null) return this.#token;
    try {
      const token = (await readFile(tokenFile, 'utf8')).trim();
      if (token === '' || token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
        return new BridgeError(
          'payload.bad-token',
          `The file ${tokenFile} holds no token (one line of plain characters).`,
          {},
        );
      }
      this.#token = token;
      return token;
    } catch {
      // The cause may quote the file; its name is enough to mend it.
      return new BridgeError('payload.bad-token', `The token file ${tokenFile} cannot be read.`, {});
    }
  }
}

function headersOf(request: HttpRequest, token: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    ...(request.body === null ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}

function baseOf(baseUrl: string): string {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new BridgeError(
      'payload.bad-url',
      'A payload device needs an address like http://10.0.3.7/airgrid.',
      {},
    );
  }
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || !isPlain) {
    throw new BridgeError(
      'payload.bad-url',
      'The address of a payload device is http or https, without user, password, query or fragment.',
      { host: url.host },
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Undefined: no JSON, or too much of it. The rest of a long answer is not read. */
async function readJson(response: Response): Promise<unknown> {
  if (response.body === null) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function judge(response: Response, body: unknown): Attempt {
  const { status } = response;
  if (status >= 200 && status < 300) return final({ kind: 'answer', body });
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return final({
      kind: 'denied',
      result: 'REDIRECT',
      reasons: ['The device answers with a redirect; it is not followed.'],
    });
  }
  const reason = reasonIn(body);
  const reasons = reason === null ? [] : [reason];
  if (status === 404 || status === 405 || status === 501) {
    return final({ kind: 'unsupported', what: reason ?? `the device has no such function (HTTP ${status})` });
  }
  if (status === 409) return final({ kind: 'busy', what: reason ?? 'the device' });
  if (status === 429) return { answer: { kind: 'busy', what: reason ?? 'the device' }, mayRetry: true };
  return { answer: { kind: 'denied', result: `HTTP_${status}`, reasons }, mayRetry: status >= 500 };
}

/** `{"error": {"code": "…", "message": "…"}}` */
function reasonIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  if (typeof error !== 'object' || error === null) return null;
  const message = 'message' in error ? error.message : null;
  const code = 'code' in error ? error.code : null;
  const text = typeof message === 'string' ? message : typeof code === 'string' ? code : '';
  return tidyText(text, REASON_LENGTH);
}

/** `ECONNREFUSED`; null: the time limit. */
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && cause.name === 'AbortError') return null;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return error instanceof Error && error.name === 'AbortError' ? null : 'UNKNOWN';
}

function final(answer: HttpAnswer): Attempt {
  return { answer, mayRetry: false };
}
