import type { Autopilot } from '../autopilot/autopilot.ts';
import { disarm, TERMINATE } from '../autopilot/guided-commands.ts';
import type { GoTo, GuidedPlan, Orbit } from '../autopilot/guided-flight.ts';
import { autopilotOf } from '../autopilot/select.ts';
import { MavCmd, PositionTargetGlobalInt } from '../codec/messages.ts';
import type { CommandOutcome, TimerHandle } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import {
  DEFAULT_LIMITS,
  type GuidedLimits,
  goToProblem,
  headingProblem,
  notFlying,
  orbitProblem,
  speedProblem,
  takeOffProblem,
} from './guided-checks.ts';
import { distanceM, type LonLat } from './guided-geometry.ts';
import { leadRound, type OrbitHost } from './guided-orbit-lead.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * Flight to places chosen one by one. One action at a time: a newer one ends the older (`cancelled`), and so does a
 * safety action (`cancel`). Who changes the mode otherwise (a pilot, a failsafe) has the aircraft: the action stops,
 * says so, and nothing is sent any more.
 *
 *   goTo:  commands ──► target seen ──► done … watching … ──► event `arrived` | `stopped`
 *   orbit: commands ──► (streamed: entry point reached ──► points round the circle) ──► done … ──► event `stopped`
 *
 * That a place was understood is seen in POSITION_TARGET_GLOBAL_INT (asked for once), else in the distance shrinking.
 */
export interface GuidedOptions {
  readonly limits?: Partial<GuidedLimits>;
  /** Of the ground, from our own data; null: not known. */
  readonly heightAmslM?: (lonDeg: number, latDeg: number) => number | null;
}

interface Action {
  readonly name: string;
  readonly event: 'go-to' | 'orbit' | null;
  endedBy: string | null;
  /** The command that is not answered yet; ended with the action. */
  running: CommandSpec | null;
  /** Told as events once the caller has its answer. */
  watching: boolean;
}

const CHECK_MS = 200;
/** A vehicle's target and ours: both rounded to degE7, on the way through floats and local metres. */
const SAME_PLACE_M = 3;
const SHRUNK_M = 3;
const ARRIVED_M = 3;
/** A wing circles its place at WP_LOITER_RAD (60 m by default) and is never at it. */
const ARRIVED_WING_M = 120;
const TARGET_WITHIN_MS = 10_000;
const ASK_TARGET_EVERY_MS = 1_000;
/** HEARTBEAT may still tell the old mode. */
const MODE_SETTLES_MS = 3_000;

export class GuidedService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #limits: GuidedLimits;
  readonly #heightAmslM: (lonDeg: number, latDeg: number) => number | null;
  readonly #timers = new Set<TimerHandle>();
  /** Those that wait for the next look; settled at the end so that nobody hangs. */
  readonly #waits = new Set<() => void>();
  readonly #stopListening: () => void;
  #target: (LonLat & { readonly atMs: number }) | null = null;
  #action: Action | null = null;
  #closedBy: string | null = null;

  constructor(port: VehiclePort, options: GuidedOptions = {}) {
    this.#port = port;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#heightAmslM = options.heightAmslM ?? (() => null);
    this.#stopListening = port.on(PositionTargetGlobalInt, (message, from) => {
      this.#target = { lonDeg: message.lonInt / 1e7, latDeg: message.latInt / 1e7, atMs: from.atMs };
    });
  }

  /** Arms if need be, climbs straight up; done at nine tenths of the height. */
  async takeOff(request: { readonly altitudeAboveHomeM: number }): Promise<CommandOutcome> {
    const heightM = request.altitudeAboveHomeM;
    const problem = takeOffProblem(heightM, this.#limits);
    return this.#act('take off', null, problem, async (action, autopilot) => {
      const state = this.#port.state();
      if (state.armed === true && state.flightState !== 'on-ground') return refused('It is flying already.');
      if (state.armed !== true && state.prearm?.ready === false) {
        return { kind: 'denied', result: 'NOT_READY_TO_ARM', reasons: state.prearm.reasons };
      }
      return this.#runAll(action, autopilot.guided.takeOff(heightM, state));
    });
  }

  /** Done when the vehicle is seen to go there; that it is there comes as an event. */
  async goTo(request: GoTo): Promise<CommandOutcome> {
    const state = this.#port.state();
    const problem = goToProblem(request, state, this.#limits) ?? notFlying(state);
    return this.#act('go to a place', 'go-to', problem, async (action, autopilot) => {
      const outcome = await this.#reposition(action, autopilot, request);
      if (outcome.kind === 'done') this.#watchArrival(action, autopilot, request);
      return outcome;
    });
  }

  /** Done when the vehicle's own circle began, or when it is on the circle that we lead it round. */
  async orbit(request: Orbit): Promise<CommandOutcome> {
    const state = this.#port.state();
    const problem = orbitProblem(request, state, this.#limits) ?? notFlying(state);
    return this.#act('orbit', 'orbit', problem, async (action, autopilot) => {
      const ground = this.#heightAmslM(request.center.lonDeg, request.center.latDeg);
      const plan = autopilot.guided.orbit(request, this.#port.state(), ground);
      if (plan.kind === 'streamed') return leadRound(this.#orbitHost(action, autopilot), request, plan);
      const outcome = await this.#runAll(action, plan);
      if (outcome.kind === 'done') {
        this.#tell(action, 'orbiting', null, null);
        this.#watchMode(action, autopilot);
      }
      return outcome;
    });
  }

  async setHeading(headingDeg: number): Promise<CommandOutcome> {
    const problem = headingProblem(headingDeg) ?? notFlying(this.#port.state());
    return this.#simply(problem, (autopilot) => autopilot.guided.setHeading(headingDeg, this.#port.state()));
  }

  async setSpeed(speedMps: number): Promise<CommandOutcome> {
    const problem = speedProblem(speedMps, this.#limits) ?? notFlying(this.#port.state());
    return this.#simply(problem, (autopilot) => autopilot.guided.setSpeed(speedMps, this.#port.state()));
  }

  /** Motors off, also in the air. `confirm` must be the vehicle's id. Sent once. */
  async terminate(options: { readonly confirm: string }): Promise<CommandOutcome> {
    if (options.confirm !== this.#port.vehicleId) return notMeant();
    this.cancel('terminate');
    return this.#port.run(TERMINATE);
  }

  /** `force`: also in the air; then `confirm` must be the vehicle's id. */
  async disarm(
    options: { readonly force?: boolean; readonly confirm?: string } = {},
  ): Promise<CommandOutcome> {
    const force = options.force === true;
    if (force && options.confirm !== this.#port.vehicleId) return notMeant();
    if (force) this.cancel('disarm');
    return this.#port.run(disarm(force));
  }

  /** Ends what runs, its unanswered command too: a safety action, a newer wish. Nothing is sent; the aircraft does what it was last told. */
  cancel(by: string): void {
    const action = this.#action;
    if (action === null) return;
    this.#end(action, by);
    if (action.watching) this.#tell(action, 'stopped', null, by);
  }

  onReboot(): void {
    this.cancel('the vehicle restarted');
  }

  onLost(): void {
    this.cancel('the vehicle is lost');
  }

  close(by: string): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = by;
    this.cancel(by);
    this.#stopListening();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    for (const settle of this.#waits) settle();
    this.#waits.clear();
  }

  async #act(
    name: string,
    event: Action['event'],
    problem: string | null,
    work: (action: Action, autopilot: Autopilot) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    const refusal = this.#refusal() ?? (problem === null ? null : refused(problem));
    if (refusal !== null) return refusal;
    const autopilot = autopilotOf(this.#port.state().autopilot);
    if (autopilot === null) return { kind: 'unsupported', what: `${name}: the autopilot is not known` };
    this.cancel(name);
    const action: Action = { name, event, endedBy: null, running: null, watching: false };
    this.#action = action;
    const outcome = await work(action, autopilot);
    const isOver = outcome.kind !== 'done' || event === null;
    // Whoever ended it meanwhile ended it, whatever the last command said.
    if (action.endedBy !== null) return { kind: 'cancelled', by: action.endedBy };
    if (isOver) this.#end(action, outcome.kind);
    else action.watching = true;
    return outcome;
  }

  async #simply(problem: string | null, plan: (autopilot: Autopilot) => GuidedPlan): Promise<CommandOutcome> {
    const refusal = this.#refusal() ?? (problem === null ? null : refused(problem));
    if (refusal !== null) return refusal;
    const autopilot = autopilotOf(this.#port.state().autopilot);
    if (autopilot === null) return { kind: 'unsupported', what: 'the autopilot is not known' };
    return this.#runAll(
      { name: '', event: null, endedBy: null, running: null, watching: false },
      plan(autopilot),
    );
  }

  async #runAll(action: Action, plan: GuidedPlan): Promise<CommandOutcome> {
    if (plan.kind === 'unsupported') return plan;
    if (plan.kind === 'refused') return refused(plan.reason);
    if (plan.kind === 'streamed') throw new Error('a streamed plan has no commands');
    let last: CommandOutcome = { kind: 'done', confirmedBy: 'nothing to do' };
    for (const spec of plan.specs) {
      if (action.endedBy !== null) return { kind: 'cancelled', by: action.endedBy };
      action.running = spec;
      last = await this.#port.run(spec).finally(() => {
        action.running = null;
      });
      if (last.kind !== 'done') return last;
    }
    return last;
  }

  async #reposition(action: Action, autopilot: Autopilot, to: GoTo): Promise<CommandOutcome> {
    const ground = this.#heightAmslM(to.lonDeg, to.latDeg);
    const sentAtMs = this.#port.clock.nowMs();
    const startM = this.#distanceTo(to);
    const outcome = await this.#runAll(action, autopilot.guided.goTo(to, this.#port.state(), ground));
    return outcome.kind === 'done' ? this.#seeTarget(action, to, startM, sentAtMs) : outcome;
  }

  async #seeTarget(
    action: Action,
    to: LonLat,
    startM: number | null,
    sentAtMs: number,
  ): Promise<CommandOutcome> {
    const untilMs = this.#port.clock.nowMs() + TARGET_WITHIN_MS;
    let askAtMs = 0;
    for (;;) {
      if (action.endedBy !== null) return { kind: 'cancelled', by: action.endedBy };
      const nowMs = this.#port.clock.nowMs();
      const target = this.#target;
      if (target !== null && target.atMs >= sentAtMs && distanceM(target, to) <= SAME_PLACE_M) {
        return { kind: 'done', confirmedBy: "the vehicle's own target" };
      }
      const distance = this.#distanceTo(to);
      if (distance !== null && distance <= ARRIVED_M) return { kind: 'done', confirmedBy: 'being there' };
      if (distance !== null && startM !== null && startM - distance >= SHRUNK_M) {
        return { kind: 'done', confirmedBy: `the distance: ${startM.toFixed(0)} → ${distance.toFixed(0)} m` };
      }
      if (nowMs >= untilMs) {
        return {
          kind: 'not-confirmed',
          expected: 'on its way to the place',
          observed: distance === null ? 'no position' : `${distance.toFixed(0)} m away, not nearing`,
          afterMs: Math.round(nowMs - sentAtMs),
        };
      }
      if (nowMs >= askAtMs) {
        askAtMs = nowMs + ASK_TARGET_EVERY_MS;
        // Whether it is granted shows in the message itself.
        void this.#port.run(ASK_TARGET).catch((error: unknown) => {
          this.#port.logger.warn({ err: error }, "asking for the vehicle's target failed");
        });
      }
      await this.#wait(CHECK_MS);
    }
  }

  #watchArrival(action: Action, autopilot: Autopilot, to: LonLat): void {
    const { airframe } = this.#port.state();
    const arrivedM = airframe === 'plane' || airframe === 'vtol' ? ARRIVED_WING_M : ARRIVED_M;
    this.#watchMode(action, autopilot, () => {
      const distance = this.#distanceTo(to);
      if (distance === null || distance > arrivedM) return false;
      this.#end(action, 'arrived');
      this.#tell(action, 'arrived', distance, null);
      return true;
    });
  }

  /** Until somebody else changes the mode. */
  #watchMode(action: Action, autopilot: Autopilot, isOver: () => boolean = () => false): void {
    const sinceMs = this.#port.clock.nowMs();
    const check = (): void => {
      if (action.endedBy !== null || this.#stoppedByMode(action, autopilot, sinceMs) || isOver()) return;
      this.#later(check, CHECK_MS);
    };
    this.#later(check, CHECK_MS);
  }

  #orbitHost(action: Action, autopilot: Autopilot): OrbitHost {
    return {
      port: this.#port,
      endedBy: () => action.endedBy,
      goTo: (to) => this.#reposition(action, autopilot, to),
      stoppedByMode: (sinceMs) => this.#stoppedByMode(action, autopilot, sinceMs),
      tellOrbiting: (offM) => this.#tell(action, 'orbiting', offM, null),
      wait: (ms) => this.#wait(ms),
      later: (run, ms) => this.#later(run, ms),
    };
  }

  #stoppedByMode(action: Action, autopilot: Autopilot, sinceMs: number): boolean {
    const state = this.#port.state();
    const isTold = state.mode !== null && state.mode.receivedAtMs >= sinceMs;
    const settled = this.#port.clock.nowMs() - sinceMs >= MODE_SETTLES_MS || autopilot.kind === 'ardupilot';
    const isOurs = autopilot.guided.isGuided(state) && state.armed !== false;
    if (!isTold || !settled || isOurs) return false;
    const reason =
      state.armed === false
        ? 'the vehicle is disarmed'
        : `the mode was changed to ${state.mode?.name ?? '?'}`;
    this.#end(action, reason);
    this.#tell(action, 'stopped', null, reason);
    return true;
  }

  #end(action: Action, by: string): void {
    action.endedBy ??= by;
    if (this.#action === action) this.#action = null;
    // One command of a kind runs at a time: the successor's would be told "busy".
    if (action.running !== null) this.#port.cancelCommand(action.running, by);
    action.running = null;
  }

  #tell(
    action: Action,
    phase: 'arrived' | 'orbiting' | 'stopped',
    distance: number | null,
    reason: string | null,
  ): void {
    if (action.event === null) return;
    const { vehicleId, clock } = this.#port;
    const event = { kind: 'guided', vehicleId, action: action.event, phase, reason } as const;
    this.#port.emit({ ...event, distanceM: distance, atMs: clock.nowMs() });
  }

  #distanceTo(place: LonLat): number | null {
    const { position } = this.#port.state();
    return position === null ? null : distanceM(position, place);
  }

  #refusal(): CommandOutcome | null {
    return this.#closedBy === null ? this.#port.refusal() : { kind: 'cancelled', by: this.#closedBy };
  }

  #wait(ms: number): Promise<void> {
    if (this.#closedBy !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waits.add(resolve);
      this.#later(() => {
        this.#waits.delete(resolve);
        resolve();
      }, ms);
    });
  }

  #later(run: () => void, ms: number): void {
    const timer = this.#port.clock.setTimer(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

const ASK_TARGET: CommandSpec = {
  name: 'tell your target',
  command: MavCmd.REQUEST_MESSAGE,
  params: [PositionTargetGlobalInt.MSG_ID],
  commandClass: 'idempotent',
  giveUpMs: 900,
  persistent: false,
  confirm: null,
};

function refused(reason: string): CommandOutcome {
  return { kind: 'denied', result: 'REFUSED_HERE', reasons: [reason] };
}

function notMeant(): CommandOutcome {
  return refused('This must be confirmed with the id of the vehicle that is meant.');
}
