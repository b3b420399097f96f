import type { MissionItem } from '../../missions/mission-item.ts';
import type { LaunchHost, ModeIntent } from '../autopilot/autopilot.ts';
import { autopilotOf } from '../autopilot/select.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type {
  Clock,
  CommandOutcome,
  LaunchProgress,
  LaunchStep,
  MissionDownloadOutcome,
  MissionOutcome,
  TransferProgress,
  VehicleState,
} from '../model.ts';
import { type CommandInput, type CommandSpec, commandMachine } from '../protocol/command.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Target } from '../protocol/step.ts';
import { MissionTransfer } from './mission-transfer.ts';
import { Waiters } from './waiters.ts';

/**
 * What one vehicle is asked to do, and who may do it at one time:
 *
 * - one command per command number (the acknowledgement names nothing else)
 * - one mission transfer; one launch; a launch and an upload exclude each other
 * - hold, return and land pass everything: they end a launch, a transfer and any command of the same number
 */
export const SAFETY_WITHIN_MS = 5_000;
const RESUME_WITHIN_MS = 5_000;

export interface OperationsHost {
  readonly clock: Clock;
  readonly target: Target;
  state(): VehicleState;
  /** False: there is no endpoint to send to. */
  send(message: MavLinkData): boolean;
  onVerifiedPlan(plan: { readonly hash: string; readonly itemCount: number } | null): void;
}

interface Launch {
  cancelledBy: string | null;
}

export class VehicleOperations {
  readonly #host: OperationsHost;
  readonly #commands = new Map<number, RunningProtocol<CommandInput, CommandOutcome>>();
  readonly #waiters: Waiters<VehicleState>;
  #transfer: MissionTransfer | null = null;
  #launch: Launch | null = null;
  #verifiedItems: readonly MissionItem[] | null = null;
  #closedBy: string | null = null;

  constructor(host: OperationsHost) {
    this.#host = host;
    this.#waiters = new Waiters(host.clock);
  }

  // What the vehicle says.

  onAck(command: number, result: number, progressPct: number | null): void {
    this.#commands.get(command)?.input({ kind: 'ack', result, progressPct });
  }

  onReport(state: VehicleState): void {
    for (const running of [...this.#commands.values()]) running.input({ kind: 'report', state });
    this.#waiters.check(state);
  }

  onText(severity: number, text: string): void {
    for (const running of [...this.#commands.values()]) running.input({ kind: 'text', severity, text });
    this.#transfer?.input({ kind: 'text', text });
  }

  /** The running transfer, to hand mission messages to. */
  get transfer(): MissionTransfer | null {
    return this.#transfer;
  }

  // What operators ask.

  async uploadMission(
    items: readonly MissionItem[],
    onProgress: (progress: TransferProgress) => void,
  ): Promise<MissionOutcome> {
    const transfer = this.#beginTransfer('mission upload');
    if (!(transfer instanceof MissionTransfer)) return transfer;
    // From the first item on, the old plan is (partly) gone on ArduPilot.
    this.#setVerified(null);
    try {
      const outcome = await transfer.upload(items, onProgress);
      if (outcome.kind === 'done') this.#setVerified({ hash: outcome.planHash, items });
      return outcome;
    } finally {
      this.#transfer = null;
    }
  }

  async downloadMission(): Promise<MissionDownloadOutcome> {
    const transfer = this.#beginTransfer('mission download');
    if (!(transfer instanceof MissionTransfer)) return transfer;
    try {
      return await transfer.download();
    } finally {
      this.#transfer = null;
    }
  }

  async launchMission(
    options: { readonly takeoffAltitudeM: number },
    onProgress: (progress: LaunchProgress) => void,
  ): Promise<CommandOutcome> {
    const refusal = this.#refusal() ?? this.#busy();
    if (refusal !== null) return refusal;
    const autopilot = autopilotOf(this.#host.state().autopilot);
    if (autopilot === null) return { kind: 'unsupported', what: 'launch: the autopilot is not known' };
    const launch: Launch = { cancelledBy: null };
    this.#launch = launch;
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
    const refusal = this.#refusal() ?? this.#busy();
    if (refusal !== null) return refusal;
    const state = this.#host.state();
    if (state.armed !== true) {
      return { kind: 'denied', result: 'NOT_ARMED', reasons: ['The vehicle is not flying.'] };
    }
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
    const untilMs = this.#host.clock.nowMs() + SAFETY_WITHIN_MS;
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
      this.#cancelCommand(spec.command, name);
      const outcome = await this.#run(spec);
      const refused = outcome.kind === 'denied' || outcome.kind === 'unsupported';
      const timeIsUp = untilMs - this.#host.clock.nowMs() < MIN_ATTEMPT_MS;
      if (outcome.kind === 'done' || outcome.kind === 'cancelled' || timeIsUp || (isLast && refused)) {
        return outcome;
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

  /** What the vehicle holds is not known any more. */
  forgetPlan(): void {
    this.#setVerified(null);
  }

  get verifiedItems(): readonly MissionItem[] | null {
    return this.#verifiedItems;
  }

  close(by: string): void {
    this.#closedBy = by;
    this.#cancelWork(by);
    for (const command of [...this.#commands.keys()]) this.#cancelCommand(command, by);
    this.#waiters.cancelAll();
  }

  #cancelWork(by: string): void {
    this.cancelLaunch(by);
    this.#transfer?.cancel(by);
  }

  /** At once, so that its successor is not told "busy". */
  #cancelCommand(command: number, by: string): void {
    const running = this.#commands.get(command);
    this.#commands.delete(command);
    running?.cancel(by);
  }

  async #run(spec: CommandSpec): Promise<CommandOutcome> {
    if (this.#closedBy !== null) return { kind: 'cancelled', by: this.#closedBy };
    if (this.#commands.has(spec.command)) return { kind: 'busy', what: spec.name };
    let reachable = true;
    const running = runProtocol(commandMachine(this.#host.target, spec), {
      clock: this.#host.clock,
      send: (message) => {
        reachable = this.#host.send(message);
      },
    });
    this.#commands.set(spec.command, running);
    running.start();
    try {
      const outcome = await running.result;
      return outcome.kind === 'no-answer' && !reachable ? { kind: 'not-connected' } : outcome;
    } finally {
      if (this.#commands.get(spec.command) === running) this.#commands.delete(spec.command);
    }
  }

  #beginTransfer(what: string): MissionTransfer | Refusal | Extract<MissionOutcome, { kind: 'rejected' }> {
    const refusal = this.#refusal() ?? this.#busy();
    if (refusal !== null) return refusal;
    const autopilot = autopilotOf(this.#host.state().autopilot);
    if (autopilot === null)
      return { kind: 'busy', what: 'nothing: missions of this autopilot are not known' };
    const transfer = new MissionTransfer(what, {
      clock: this.#host.clock,
      target: this.#host.target,
      autopilot,
      send: (message) => {
        this.#host.send(message);
      },
      state: () => this.#host.state(),
    });
    this.#transfer = transfer;
    return transfer;
  }

  #refusal(): Refusal | null {
    if (this.#closedBy !== null) return { kind: 'cancelled', by: this.#closedBy };
    const state = this.#host.state();
    if (state.identityConflict !== null) {
      return { kind: 'identity-conflict', endpoints: state.identityConflict };
    }
    return state.connection === 'lost' ? { kind: 'not-connected' } : null;
  }

  #busy(): Refusal | null {
    if (this.#launch !== null) return { kind: 'busy', what: 'launch' };
    return this.#transfer === null ? null : { kind: 'busy', what: this.#transfer.what };
  }

  #setVerified(plan: { readonly hash: string; readonly items: readonly MissionItem[] } | null): void {
    this.#verifiedItems = plan?.items ?? null;
    this.#host.onVerifiedPlan(plan === null ? null : { hash: plan.hash, itemCount: plan.items.length });
  }
}

/** Refusals that commands and transfers share. */
type Refusal = Extract<
  CommandOutcome,
  { kind: 'not-connected' | 'identity-conflict' | 'busy' | 'cancelled' }
>;

const NO_TIME = { giveUpMs: 0, persistent: false } as const;
const MIN_ATTEMPT_MS = 50;
