import type { LaunchHost, ModeIntent } from '../autopilot/autopilot.ts';
import { autopilotOf } from '../autopilot/select.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type { Clock, CommandOutcome, LaunchProgress, LaunchStep, VehicleState } from '../model.ts';
import {
  type CommandInput,
  type CommandProgress,
  type CommandSpec,
  commandMachine,
} from '../protocol/command.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Target } from '../protocol/step.ts';
import type { Refusal } from '../service/vehicle-port.ts';
import { Waiters } from './waiters.ts';

/**
 * What one vehicle is asked to do, and who may do it at one time:
 *
 * - one command per component and command number (the acknowledgement names nothing else)
 * - one launch; a launch and a mission transfer exclude each other
 * - hold, return and land pass everything: they end a launch, a transfer and any command of the same number
 */
export const SAFETY_WITHIN_MS = 5_000;
const RESUME_WITHIN_MS = 5_000;

export interface OperationsHost {
  readonly clock: Clock;
  readonly target: Target;
  state(): VehicleState;
  /** Asked so that a launch and a transfer do not meet. */
  readonly plans: {
    readonly busyWith: string | null;
    setCurrent(index: number): Promise<CommandOutcome>;
  };
  /** False: there is no endpoint to send to. `everywhere`: on every way that is alive, for what must arrive. */
  send(message: MavLinkData, everywhere: boolean): boolean;
  /** The mission takes the aircraft over from a flight to single places. */
  endGuidedFlight(by: string): void;
  /** A safety action goes first: other work on this vehicle ends. */
  onSafetyAction(by: string): void;
}

interface Launch {
  cancelledBy: string | null;
}

export class VehicleOperations {
  readonly #host: OperationsHost;
  readonly #commands = new Map<string, RunningProtocol<CommandInput, CommandOutcome>>();
  readonly #waiters: Waiters<VehicleState>;
  #launch: Launch | null = null;
  #closedBy: string | null = null;

  constructor(host: OperationsHost) {
    this.#host = host;
    this.#waiters = new Waiters(host.clock);
  }

  // What the vehicle says.

  onAck(componentId: number, command: number, result: number, progressPct: number): void {
    // 255: it does not say how far (COMMAND_ACK.progress); older firmware leaves 0.
    const progress = progressPct === 0 || progressPct > 100 ? null : progressPct;
    this.#commands.get(keyOf(componentId, command))?.input({ kind: 'ack', result, progressPct: progress });
  }

  onReport(state: VehicleState): void {
    for (const running of [...this.#commands.values()]) running.input({ kind: 'report', state });
    this.#waiters.check(state);
  }

  onText(severity: number, text: string): void {
    for (const running of [...this.#commands.values()]) running.input({ kind: 'text', severity, text });
  }

  // What operators ask.

  async launchMission(
    options: { readonly takeoffAltitudeM: number },
    onProgress: (progress: LaunchProgress) => void,
  ): Promise<CommandOutcome> {
    const refusal = this.refusal() ?? this.#busy();
    if (refusal !== null) return refusal;
    const autopilot = autopilotOf(this.#host.state().autopilot);
    if (autopilot === null) return { kind: 'unsupported', what: 'launch: the autopilot is not known' };
    const launch: Launch = { cancelledBy: null };
    this.#launch = launch;
    this.#host.endGuidedFlight('launch');
    const host: LaunchHost = {
      state: () => this.#host.state(),
      run: (spec) =>
        launch.cancelledBy === null
          ? this.#run(spec)
          : Promise.resolve({ kind: 'cancelled', by: launch.cancelledBy }),
      waitUntil: (seen, withinMs) =>
        launch.cancelledBy === null
          ? this.#waiters.wait(this.#host.state(), seen, withinMs)
          : Promise.resolve('cancelled'),
      rewindMission: () =>
        launch.cancelledBy === null
          ? this.#host.plans.setCurrent(0)
          : Promise.resolve({ kind: 'cancelled', by: launch.cancelledBy }),
      progress: (step: LaunchStep, state) => onProgress({ step, state }),
      cancelledBy: () => launch.cancelledBy,
    };
    try {
      return await autopilot.launch(host, options);
    } finally {
      if (this.#launch === launch) this.#launch = null;
    }
  }

  async resumeMission(): Promise<CommandOutcome> {
    const refusal = this.refusal() ?? this.#busy();
    if (refusal !== null) return refusal;
    const state = this.#host.state();
    if (state.armed !== true) {
      return { kind: 'denied', result: 'NOT_ARMED', reasons: ['The vehicle is not flying.'] };
    }
    this.#host.endGuidedFlight('resume');
    const [spec] =
      autopilotOf(state.autopilot)?.modeCommands('mission', state.airframe, {
        giveUpMs: RESUME_WITHIN_MS,
        persistent: false,
      }) ?? [];
    return spec === undefined ? { kind: 'unsupported', what: 'resume' } : this.#run(spec);
  }

  /**
   * Hold, return, land. Nothing stands in front: no other work, no lost connection (our commands may still reach
   * the aircraft), no identity conflict (an endpoint's aircraft is the one shown with it).
   */
  async safetyAction(intent: ModeIntent, name: string): Promise<CommandOutcome> {
    this.#cancelWork(name);
    if (this.#closedBy !== null) return { kind: 'cancelled', by: this.#closedBy };
    const state = this.#host.state();
    const autopilot = autopilotOf(state.autopilot);
    const startedAtMs = this.#host.clock.nowMs();
    const untilMs = startedAtMs + SAFETY_WITHIN_MS;
    let choice = 0;
    for (;;) {
      const remainingMs = untilMs - this.#host.clock.nowMs();
      const count = autopilot?.modeCommands(intent, state.airframe, NO_TIME).length ?? 0;
      if (autopilot === null || count === 0) return { kind: 'unsupported', what: name };
      const isLast = choice >= count - 1;
      // An alternative is left: a refusal goes on to it at once. The last one is asked for until time is over.
      const spec = autopilot.modeCommands(intent, state.airframe, {
        giveUpMs: isLast ? remainingMs : remainingMs / 2,
        persistent: isLast,
      })[choice] as CommandSpec;
      this.#cancelCommand(this.#key(spec), name);
      const outcome = await this.#start(spec, { everywhere: true });
      const refused = outcome.kind === 'denied' || outcome.kind === 'unsupported';
      const timeIsUp = untilMs - this.#host.clock.nowMs() < MIN_ATTEMPT_MS;
      if (outcome.kind === 'done' || outcome.kind === 'cancelled' || timeIsUp || (isLast && refused)) {
        // The last of several attempts had little time left; what was waited is the whole.
        return 'afterMs' in outcome
          ? { ...outcome, afterMs: Math.round(this.#host.clock.nowMs() - startedAtMs) }
          : outcome;
      }
      if (outcome.kind === 'not-connected') return outcome;
      if (refused) choice++;
    }
  }

  /** Ends a launch: the aircraft restarted, or somebody needs the vehicle at once. */
  cancelLaunch(by: string): void {
    if (this.#launch === null) return;
    this.#launch.cancelledBy = by;
    this.#launch = null;
    for (const command of [...this.#commands.keys()]) this.#cancelCommand(command, by);
    this.#waiters.cancelAll();
  }

  close(by: string): void {
    this.#closedBy = by;
    this.#cancelWork(by);
    for (const command of [...this.#commands.keys()]) this.#cancelCommand(command, by);
    this.#waiters.cancelAll();
  }

  #cancelWork(by: string): void {
    this.cancelLaunch(by);
    this.#host.onSafetyAction(by);
  }

  /** At once, so that its successor is not told "busy". */
  #cancelCommand(key: string, by: string): void {
    const running = this.#commands.get(key);
    this.#commands.delete(key);
    running?.cancel(by);
  }

  /** For services: a command like any other, refused where the vehicle cannot be asked. */
  async run(spec: CommandSpec, onProgress?: (progress: CommandProgress) => void): Promise<CommandOutcome> {
    return this.refusal() ?? this.#start(spec, { everywhere: false, onProgress });
  }

  #run(spec: CommandSpec): Promise<CommandOutcome> {
    return this.#start(spec, { everywhere: false });
  }

  async #start(
    spec: CommandSpec,
    options: {
      readonly everywhere: boolean;
      readonly onProgress?: ((progress: CommandProgress) => void) | undefined;
    },
  ): Promise<CommandOutcome> {
    if (this.#closedBy !== null) return { kind: 'cancelled', by: this.#closedBy };
    const key = this.#key(spec);
    if (this.#commands.has(key)) return { kind: 'busy', what: spec.name };
    let reachable = true;
    const running = runProtocol(commandMachine(this.#host.target, spec), {
      clock: this.#host.clock,
      send: (message) => {
        reachable = this.#host.send(message, options.everywhere);
      },
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    this.#commands.set(key, running);
    running.start();
    try {
      const outcome = await running.result;
      return outcome.kind === 'no-answer' && !reachable ? { kind: 'not-connected' } : outcome;
    } finally {
      if (this.#commands.get(key) === running) this.#commands.delete(key);
    }
  }

  /** Ends one command that is under way, whoever asked for it. */
  cancelRun(spec: CommandSpec, by: string): void {
    this.#cancelCommand(this.#key(spec), by);
  }

  get isBusy(): boolean {
    return this.#commands.size > 0 || this.#busy() !== null;
  }

  /** Why nothing can be asked of it now. */
  refusal(): Refusal | null {
    if (this.#closedBy !== null) return { kind: 'cancelled', by: this.#closedBy };
    const state = this.#host.state();
    if (state.identityConflict !== null) {
      return { kind: 'identity-conflict', endpoints: state.identityConflict };
    }
    return state.connection === 'lost' ? { kind: 'not-connected' } : null;
  }

  #key(spec: CommandSpec): string {
    return keyOf(spec.componentId ?? this.#host.target.componentId, spec.command);
  }

  #busy(): Refusal | null {
    if (this.#launch !== null) return { kind: 'busy', what: 'launch' };
    const what = this.#host.plans.busyWith;
    return what === null ? null : { kind: 'busy', what };
  }
}

/** An acknowledgement names nothing but its sender and the command. */
function keyOf(componentId: number, command: number): string {
  return `${componentId} ${command}`;
}

const NO_TIME = { giveUpMs: 0, persistent: false } as const;
const MIN_ATTEMPT_MS = 50;
