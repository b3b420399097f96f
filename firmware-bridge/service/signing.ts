import { BridgeError } from '../bridge-error.ts';
import { buildMessage, type MavLinkData, SetupSigning } from '../codec/messages.ts';
import type { SigningKey } from '../codec/signing.ts';
import type { KeyChange, SigningGuard } from '../link/signing-guard.ts';
import { readSigningKey } from '../link/signing-keys.ts';
import type { CommandOutcome } from '../model.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { CommonInput, Machine, Step, Target } from '../protocol/step.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * Gives a vehicle its signing key, or takes it away. SETUP_SIGNING carries the key in clear and nothing answers it:
 * it goes only over a link that the configuration trusts for it, only to a vehicle that is disarmed, only when the
 * caller names the vehicle, and it counts as done when the vehicle is heard to have changed.
 *
 *   start ──► asking ──seen: a frame signed with the new key (or unsigned, after removal)──► done
 *               │ ▲
 *               └─┘ again every second          asking ── armed ──► denied
 *                                               asking ── 8 s ──► not-confirmed
 */
export interface SigningControl {
  /**
   * @param options.keyFile absent: the key that the configuration has for this vehicle. A key from another file holds
   *   until the bridge restarts; put it into the configuration then.
   * @param options.confirm the vehicle's id, typed by the person who wants it
   */
  setUpKey(options: { readonly keyFile?: string; readonly confirm: string }): Promise<CommandOutcome>;
  /** The vehicle signs and checks nothing any more. Sent signed with the old key. */
  removeKey(options: { readonly confirm: string }): Promise<CommandOutcome>;
}

/** The ways to this vehicle that are alive, the one that is used for sending first. */
export interface KeySetupRoute {
  /** Null: the link has no signing. */
  readonly guard: SigningGuard | null;
  /** By this way and no other. */
  send(message: MavLinkData): boolean;
}

const AGAIN_MS = 1_000;
const GIVE_UP_MS = 8_000;
const NO_KEY: readonly number[] = new Array(32).fill(0);

type KeyInput = { readonly kind: 'seen' } | { readonly kind: 'armed' };

interface Demand {
  readonly target: Target;
  /** Null: take the key away. */
  readonly key: SigningKey | null;
  /** Of our signatures, now. */
  readonly timestamp: () => number;
}

interface KeyState {
  readonly startedAtMs: number;
}

export function keySetupMachine(demand: Demand): Machine<KeyState, KeyInput, CommandOutcome, never> {
  const expected = demand.key === null ? 'unsigned frames' : 'frames signed with the new key';
  const over = (state: KeyState, outcome: CommandOutcome): Step<KeyState, CommandOutcome, never> => ({
    state,
    effects: [],
    outcome,
  });
  const ask = (state: KeyState): Step<KeyState, CommandOutcome, never> => ({
    state,
    effects: [
      { kind: 'send', message: setupMessage(demand) },
      { kind: 'startTimer', timer: 'again', afterMs: AGAIN_MS },
    ],
  });
  return {
    initial: { startedAtMs: 0 },
    step(state, input: KeyInput | CommonInput, nowMs): Step<KeyState, CommandOutcome, never> {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ startedAtMs: nowMs });
          const deadline = { kind: 'startTimer', timer: 'deadline', afterMs: GIVE_UP_MS } as const;
          return { ...asked, effects: [...asked.effects, deadline] };
        }
        case 'seen':
          return over(state, { kind: 'done', confirmedBy: expected });
        case 'armed':
          return over(
            state,
            denied('ARMED', 'it was armed meanwhile: the key may or may not have been taken'),
          );
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'again') return ask(state);
          return over(state, {
            kind: 'not-confirmed',
            expected,
            observed: 'none of them',
            afterMs: Math.round(nowMs - state.startedAtMs),
          });
      }
    },
  };
}

function setupMessage({ target, key, timestamp }: Demand): MavLinkData {
  return buildMessage(SetupSigning, {
    targetSystem: target.systemId,
    targetComponent: target.componentId,
    secretKey: key === null ? [...NO_KEY] : key.reveal(),
    initialTimestamp: key === null ? 0n : BigInt(timestamp()),
  });
}

export class SigningService implements SigningControl, VehicleService {
  readonly #port: VehiclePort;
  readonly #routes: () => readonly KeySetupRoute[];
  readonly #readKey: (path: string) => SigningKey;
  #running: RunningProtocol<KeyInput, CommandOutcome> | null = null;

  constructor(
    port: VehiclePort,
    routes: () => readonly KeySetupRoute[],
    readKey: (path: string) => SigningKey = readSigningKey,
  ) {
    this.#port = port;
    this.#routes = routes;
    this.#readKey = readKey;
  }

  async setUpKey(options: { readonly keyFile?: string; readonly confirm: string }): Promise<CommandOutcome> {
    const trusted = this.#trustedRoute(options.confirm);
    if ('kind' in trusted) return trusted;
    const { keyFile } = options;
    let key: SigningKey | null;
    try {
      key = keyFile === undefined ? trusted.guard.keyOf(this.#port.target.systemId) : this.#readKey(keyFile);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      return denied('KEY_FILE', error.message);
    }
    if (key === null) return denied('NO_KEY', 'the configuration has no key for it: name a key file');
    return this.#change(trusted, key);
  }

  async removeKey(options: { readonly confirm: string }): Promise<CommandOutcome> {
    const trusted = this.#trustedRoute(options.confirm);
    if ('kind' in trusted) return trusted;
    if (trusted.guard.policy === 'required') {
      return denied(
        'POLICY',
        'its link takes signed frames only: without a key it would not be heard any more',
      );
    }
    return this.#change(trusted, null);
  }

  /** An arming seen meanwhile ends it. */
  tick(): void {
    if (this.#port.state().armed !== false) this.#running?.input({ kind: 'armed' });
  }

  close(by: string): void {
    this.#running?.cancel(by);
  }

  #trustedRoute(confirm: string): TrustedRoute | CommandOutcome {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (this.#running !== null) return { kind: 'busy', what: 'another key is being set up' };
    if (confirm !== this.#port.vehicleId) {
      return denied('CONFIRMATION', `to change its key, its id ${this.#port.vehicleId} must be given`);
    }
    if (this.#port.state().armed !== false) {
      return denied('ARMED', 'a key is changed only while the vehicle is disarmed');
    }
    for (const route of this.#routes()) {
      const { guard } = route;
      if (guard?.allowKeySetup === true) return { guard, route };
    }
    return denied('LINK', 'it is heard on no link that is trusted to carry a key (allowKeySetup)');
  }

  async #change({ guard, route }: TrustedRoute, key: SigningKey | null): Promise<CommandOutcome> {
    const { target, clock, logger, vehicleId } = this.#port;
    const running = runProtocol(keySetupMachine({ target, key, timestamp: () => guard.nextTimestamp() }), {
      clock,
      send: (message) => route.send(message),
    });
    this.#running = running;
    const changes = this.#watch(key, running);
    try {
      running.start();
      const outcome = await running.result;
      // A new key that was not seen may have been taken all the same: the guards go on looking for it.
      if (outcome.kind === 'done') for (const change of changes) change.end(true);
      else if (key === null) for (const change of changes) change.end(false);
      const what = key === null ? 'signing key removed' : 'signing key set up';
      logger.info({ vehicleId, outcome: outcome.kind }, what);
      return outcome;
    } finally {
      this.#running = null;
    }
  }

  /** On every link where the vehicle is heard: its key is one, whichever way its frames come. */
  #watch(key: SigningKey | null, running: RunningProtocol<KeyInput, CommandOutcome>): readonly KeyChange[] {
    const changes: KeyChange[] = [];
    for (const { guard } of this.#routes()) {
      if (guard === null || guard.policy === 'off') continue;
      const change: KeyChange = guard.beginKeyChange(this.#port.target.systemId, key, () => {
        if (running.isOver) change.end(true);
        else running.input({ kind: 'seen' });
      });
      changes.push(change);
    }
    return changes;
  }
}

interface TrustedRoute {
  readonly guard: SigningGuard;
  readonly route: KeySetupRoute;
}

function denied(result: string, reason: string): CommandOutcome {
  return { kind: 'denied', result, reasons: [reason] };
}
