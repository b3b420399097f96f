import type { Clock, LinkProblem, LinkState, TimerHandle } from '../model.ts';
import { problemOf, type Transport } from './transport.ts';

/**
 * Keeps one transport open for as long as the link is wanted.
 *
 *   opening ──► open ──died──► waiting ──time──► opening
 *      │failed                    ▲
 *      └──────────────────────────┘              any ──close()──► closed
 *
 * Waits grow from 0.5 s to 10 s and are jittered, so that a hundred links do not knock at the same moment when a
 * radio server comes back. A link that stayed open for 10 s begins again with the short wait.
 */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const GROWTH = 2;
const STABLE_AFTER_MS = 10_000;

export interface ReconnectingOptions {
  readonly createTransport: () => Transport;
  readonly clock: Clock;
  /** 0 ≤ value < 1. */
  readonly random: () => number;
  readonly onData: (bytes: Uint8Array, endpoint: string, atMs?: number) => void;
  readonly onLeft?: (endpoint: string) => void;
  readonly onState: (state: LinkState, problem: LinkProblem | null) => void;
  readonly onWarning: (message: string, details: Readonly<Record<string, string | number>>) => void;
}

export class ReconnectingTransport {
  readonly #options: ReconnectingOptions;
  #transport: Transport | null = null;
  #state: LinkState = 'opening';
  #problem: LinkProblem | null = null;
  #failures = 0;
  #openedAtMs = 0;
  #timer: TimerHandle | null = null;

  constructor(options: ReconnectingOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  get problem(): LinkProblem | null {
    return this.#problem;
  }

  get transport(): Transport | null {
    return this.#transport;
  }

  /** Resolves when the first attempt ended, well or not. */
  async start(): Promise<void> {
    await this.#attempt();
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    return this.#transport?.send(bytes, endpoint) ?? false;
  }

  endpoints(): readonly string[] {
    return this.#transport?.endpoints() ?? [];
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    const transport = this.#transport;
    this.#transport = null;
    if (this.#state !== 'closed') this.#enter('closed', null);
    await transport?.close();
  }

  async #attempt(): Promise<void> {
    const { createTransport, clock, onData, onLeft = () => {}, onWarning } = this.#options;
    this.#enter('opening', this.#problem);
    const transport = createTransport();
    this.#transport = transport;
    try {
      await transport.open({
        onData,
        onLeft,
        onWarning,
        onClosed: (problem) => {
          if (this.#transport === transport) this.#wait(problem);
        },
      });
    } catch (error) {
      if (this.#transport === transport) this.#wait(problemOf(error));
      return;
    }
    if (this.#transport !== transport) {
      // Closed while it was opening.
      await transport.close();
      return;
    }
    this.#openedAtMs = clock.nowMs();
    this.#enter('open', null);
  }

  #wait(problem: LinkProblem): void {
    const { clock, random } = this.#options;
    if (this.#state === 'open' && clock.nowMs() - this.#openedAtMs > STABLE_AFTER_MS) this.#failures = 0;
    this.#transport = null;
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * GROWTH ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#enter('waiting', problem);
    this.#timer = clock.setTimer(
      () => {
        // Every way that an attempt can end is handled inside it.
        void this.#attempt();
      },
      longestMs * (0.5 + 0.5 * random()),
    );
  }

  #enter(state: LinkState, problem: LinkProblem | null): void {
    this.#state = state;
    this.#problem = problem;
    this.#options.onState(state, problem);
  }
}
