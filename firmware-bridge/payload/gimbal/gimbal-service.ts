import type { MavLinkData } from '../../codec/messages.ts';
import {
  buildMessage,
  CommandLong,
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
} from '../../codec/messages.ts';
import type { CommandOutcome, VehicleState } from '../../model.ts';
import type { CommandSpec } from '../../protocol/command.ts';
import type { VehiclePort, VehicleService } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { GimbalAim, GimbalState } from '../state.ts';
import {
  type Angle,
  gimbalIn,
  holderInWords,
  leavePlace,
  type Place,
  point,
  pointAtPlace,
  releaseControl,
  rest,
  takeControl,
  turn,
} from './gimbal-commands.ts';
import { wrap180 } from './orientation.ts';
import { gimbalFrom, withAttitude, withManagerStatus } from './reduce-gimbal.ts';

/**
 * The gimbals of one vehicle, by their managers (gimbal protocol v2). A gimbal is pointed at a place or in a
 * direction that an operator keeps choosing. It never follows a person or an object: no CAMERA_TRACK_… and no
 * DO_SET_ROI_SYSID are sent from here.
 *
 *   components heard ──► GIMBAL_MANAGER_INFORMATION asked ──► known ──► status and attitude kept fresh
 *
 *   point ──► control ours? ──yes──────────────────────────────► PITCHYAW / ROI ──► attitude seen ──► done
 *               └─no: held by another, not to be taken over ──► denied, naming the holder
 *               └─no: CONFIGURE ──► status says ours ──┘
 *                               └──► says another ──► denied, naming the holder
 */
export interface PointOptions {
  /** Also when another station has control now. Default false: people settle that among themselves first. */
  readonly takeOver?: boolean;
}

const REQUEST_ATTEMPTS = 3;
const ASK_AGAIN_MS = 60_000;
/** Own streams of these messages make the asking unnecessary. */
const ATTITUDE_EVERY_MS = 2_000;
const ATTITUDE_WHILE_WAITING_MS = 400;
const STATUS_EVERY_MS = 5_000;
const STATUS_WHILE_WAITING_MS = 500;
/** A status this old does not let us believe that we have control. */
const CONTROL_FRESH_MS = 12_000;
const SILENT_AFTER = 5;
const WHEN_SILENT_MS = 15_000;
const MAX_GIMBALS = 8;
const MAX_RATE_DPS = 120;

interface Watch {
  attitudeAskedAtMs: number;
  statusAskedAtMs: number;
  unanswered: number;
}

export class GimbalService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #us: { readonly systemId: number; readonly componentId: number };
  readonly #requests: MessageRequests;
  readonly #gimbals = new Map<string, GimbalState>();
  readonly #watches = new Map<string, Watch>();
  readonly #commanding = new Set<string>();
  readonly #askedAtMs = new Map<number, number>();
  readonly #stops: (() => void)[] = [];
  #closed = false;

  /** @param requests shared by all that ask this vehicle for messages */
  constructor(port: VehiclePort, requests: MessageRequests) {
    this.#port = port;
    this.#us = { systemId: port.ourSystemId, componentId: port.ourComponentId };
    this.#requests = requests;
    this.#stops.push(
      port.on(GimbalManagerInformation, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, GimbalManagerInformation.MSG_ID);
        this.#onInformation(message, componentId, atMs);
      }),
      port.on(GimbalManagerStatus, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, GimbalManagerStatus.MSG_ID);
        for (const gimbal of this.#meant(componentId, message.gimbalDeviceId)) {
          this.#change(withManagerStatus(gimbal, message, atMs, this.#us));
        }
      }),
      port.on(GimbalDeviceAttitudeStatus, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, GimbalDeviceAttitudeStatus.MSG_ID);
        const heading = headingOf(port.state());
        for (const gimbal of this.#looking(componentId, message.gimbalDeviceId)) {
          this.#change(withAttitude(gimbal, message, atMs, heading));
        }
      }),
    );
  }

  tick(nowMs: number): void {
    if (this.#closed || this.#port.refusal() !== null) return;
    for (const componentId of this.#candidates()) {
      const isKnown = [...this.#gimbals.values()].some(
        ({ managerComponentId }) => managerComponentId === componentId,
      );
      const askedAtMs = this.#askedAtMs.get(componentId) ?? Number.NEGATIVE_INFINITY;
      if (isKnown || nowMs - askedAtMs < ASK_AGAIN_MS) continue;
      this.#askedAtMs.set(componentId, nowMs);
      this.#ask(componentId, GimbalManagerInformation.MSG_ID, null, REQUEST_ATTEMPTS);
    }
    for (const gimbal of this.#gimbals.values()) this.#watch(gimbal, nowMs);
  }

  onReboot(): void {
    const autopilot = this.#port.target.componentId;
    this.#askedAtMs.delete(autopilot);
    for (const [gimbalId, gimbal] of this.#gimbals) {
      // Control is forgotten by a manager that began anew; a gimbal that manages itself did not.
      if (gimbal.managerComponentId === autopilot) this.#gimbals.delete(gimbalId);
    }
    this.#publish();
  }

  /** Gives control back where we have it, without waiting for an answer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    for (const gimbal of this.#gimbals.values()) {
      if (gimbal.control?.isOurs === true)
        this.#port.send(releaseMessage(this.#port.target.systemId, gimbal));
    }
  }

  // What operators ask.

  /** Confirmed by the reported attitude; by the acknowledgement where the gimbal reports none. */
  async point(gimbalId: string, angle: Angle, options: PointOptions = {}): Promise<CommandOutcome> {
    return this.#aim(
      gimbalId,
      options,
      (gimbal) => outOfRange(gimbal, angle, headingOf(this.#port.state())),
      (gimbal) => point(gimbal, angle),
      (atMs) => ({ kind: 'angle', ...angle, atMs }),
    );
  }

  /** Degrees per second, until the next command; 0, 0 stops. */
  async turn(
    gimbalId: string,
    pitchDps: number,
    yawDps: number,
    options: PointOptions = {},
  ): Promise<CommandOutcome> {
    const problem = [pitchDps, yawDps].every((dps) => Math.abs(dps) <= MAX_RATE_DPS)
      ? null
      : `a rate is outside −${MAX_RATE_DPS}…${MAX_RATE_DPS} °/s`;
    return this.#aim(
      gimbalId,
      options,
      () => problem,
      (gimbal) => turn(gimbal, pitchDps, yawDps),
      (atMs) => (pitchDps === 0 && yawDps === 0 ? null : { kind: 'rate', pitchDps, yawDps, atMs }),
    );
  }

  /** Keeps looking at that place while the aircraft moves, until `leavePlace` or another aim. */
  async pointAtPlace(gimbalId: string, place: Place, options: PointOptions = {}): Promise<CommandOutcome> {
    return this.#aim(
      gimbalId,
      options,
      () => placeProblem(place),
      (gimbal) => pointAtPlace(gimbal, place),
      (atMs) => ({ kind: 'place', ...place, atMs }),
    );
  }

  async leavePlace(gimbalId: string): Promise<CommandOutcome> {
    return this.#aim(
      gimbalId,
      {},
      () => null,
      leavePlace,
      () => null,
    );
  }

  async neutral(gimbalId: string, options: PointOptions = {}): Promise<CommandOutcome> {
    return this.#rest(gimbalId, 'neutral', options);
  }

  async retract(gimbalId: string, options: PointOptions = {}): Promise<CommandOutcome> {
    return this.#rest(gimbalId, 'retracted', options);
  }

  /** Lets others have it. `done` also when we did not have it. */
  async release(gimbalId: string): Promise<CommandOutcome> {
    return this.#exclusive(gimbalId, async (gimbal) => {
      const outcome = await this.#port.run(releaseControl(gimbal));
      if (outcome.kind === 'done') this.#setAim(gimbalId, null);
      return outcome;
    });
  }

  #rest(gimbalId: string, where: 'neutral' | 'retracted', options: PointOptions): Promise<CommandOutcome> {
    const capability = where === 'neutral' ? 'neutral' : 'retract';
    return this.#aim(
      gimbalId,
      options,
      (gimbal) => (gimbal.capabilities.includes(capability) ? null : `the gimbal has no ${where} position`),
      (gimbal) => rest(gimbal, where),
      (atMs) => ({ kind: where, atMs }),
    );
  }

  async #aim(
    gimbalId: string,
    options: PointOptions,
    problemOf: (gimbal: GimbalState) => string | null,
    specOf: (gimbal: GimbalState) => CommandSpec,
    aimOf: (atMs: number) => GimbalAim | null,
  ): Promise<CommandOutcome> {
    return this.#exclusive(gimbalId, async (gimbal) => {
      const problem = problemOf(gimbal);
      if (problem !== null) return { kind: 'denied', result: 'OUT_OF_RANGE', reasons: [problem] };
      const refusal = await this.#haveControl(gimbal, options.takeOver === true);
      if (refusal !== null) return refusal;
      const outcome = await this.#port.run(specOf(gimbalIn(this.#port.state(), gimbalId) ?? gimbal));
      if (outcome.kind === 'done' || outcome.kind === 'not-confirmed') {
        this.#setAim(gimbalId, aimOf(this.#port.clock.nowMs()));
      }
      return outcome;
    });
  }

  /** Null: it is ours. */
  async #haveControl(gimbal: GimbalState, takeOver: boolean): Promise<CommandOutcome | null> {
    const { control, gimbalId } = gimbal;
    const isFresh = control !== null && this.#port.clock.nowMs() - control.receivedAtMs <= CONTROL_FRESH_MS;
    if (isFresh && control.isOurs) return null;
    if (isFresh && control.holder !== null && !takeOver) {
      return { kind: 'denied', result: 'NOT_IN_CONTROL', reasons: [holderInWords(gimbal)] };
    }
    const outcome = await this.#port.run(takeControl(gimbal, this.#us));
    if (outcome.kind === 'done') return null;
    if (outcome.kind !== 'not-confirmed') return outcome;
    const now = gimbalIn(this.#port.state(), gimbalId);
    if (now?.control == null || now.control.holder === null) return outcome;
    return { kind: 'denied', result: 'NOT_IN_CONTROL', reasons: [holderInWords(now)] };
  }

  async #exclusive(
    gimbalId: string,
    work: (gimbal: GimbalState) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    const gimbal = this.#gimbals.get(gimbalId);
    if (gimbal === undefined) return { kind: 'unsupported', what: `gimbal ${gimbalId}: there is none` };
    if (this.#commanding.has(gimbalId)) return { kind: 'busy', what: `gimbal ${gimbalId}` };
    this.#commanding.add(gimbalId);
    try {
      return await work(gimbal);
    } finally {
      this.#commanding.delete(gimbalId);
    }
  }

  // What the gimbals say.

  #onInformation(message: GimbalManagerInformation, componentId: number, atMs: number): void {
    const fresh = gimbalFrom(message, componentId, atMs, null);
    const before = this.#gimbals.get(fresh.gimbalId) ?? null;
    if (before === null && this.#gimbals.size >= MAX_GIMBALS) return;
    this.#change(gimbalFrom(message, componentId, atMs, before));
  }

  #meant(componentId: number, deviceId: number): readonly GimbalState[] {
    return [...this.#gimbals.values()].filter(
      (gimbal) =>
        gimbal.managerComponentId === componentId && (deviceId === 0 || gimbal.deviceId === deviceId),
    );
  }

  /** An attitude comes from the manager with the device's number, or from the device itself, which leaves it 0. */
  #looking(componentId: number, deviceId: number): readonly GimbalState[] {
    const device = deviceId === 0 ? componentId : deviceId;
    return [...this.#gimbals.values()].filter(
      (gimbal) =>
        gimbal.deviceId === device &&
        (gimbal.managerComponentId === componentId || gimbal.deviceId === componentId),
    );
  }

  #setAim(gimbalId: string, aim: GimbalAim | null): void {
    const gimbal = this.#gimbals.get(gimbalId);
    if (gimbal !== undefined) this.#change({ ...gimbal, aim });
  }

  #change(gimbal: GimbalState): void {
    this.#gimbals.set(gimbal.gimbalId, gimbal);
    this.#publish();
  }

  #publish(): void {
    const gimbals = [...this.#gimbals.values()].sort(
      (a, b) => a.managerComponentId - b.managerComponentId || a.deviceId - b.deviceId,
    );
    this.#port.update({ gimbals });
  }

  // What is asked of them.

  #candidates(): readonly number[] {
    const ids = [this.#port.target.componentId];
    for (const { componentId, kind } of this.#port.state().components) {
      if (kind === 'gimbal' && !ids.includes(componentId)) ids.push(componentId);
    }
    return ids;
  }

  #watch(gimbal: GimbalState, nowMs: number): void {
    const watch = this.#watches.get(gimbal.gimbalId) ?? { ...NEVER_ASKED };
    this.#watches.set(gimbal.gimbalId, watch);
    const isWaiting = this.#commanding.has(gimbal.gimbalId);
    const attitudeMs = isWaiting
      ? ATTITUDE_WHILE_WAITING_MS
      : watch.unanswered >= SILENT_AFTER
        ? WHEN_SILENT_MS
        : ATTITUDE_EVERY_MS;
    if (nowMs - Math.max(gimbal.attitude?.receivedAtMs ?? 0, watch.attitudeAskedAtMs) >= attitudeMs) {
      watch.attitudeAskedAtMs = nowMs;
      this.#requests
        .ask({
          componentId: this.#attitudeSource(gimbal),
          messageId: GimbalDeviceAttitudeStatus.MSG_ID,
          index: null,
          attempts: 1,
        })
        .then((outcome) => {
          watch.unanswered = outcome === 'received' ? 0 : watch.unanswered + 1;
        })
        .catch((error: unknown) => this.#port.logger.error({ err: error }, 'A gimbal could not be asked'));
    }
    const statusMs = isWaiting ? STATUS_WHILE_WAITING_MS : STATUS_EVERY_MS;
    if (nowMs - Math.max(gimbal.control?.receivedAtMs ?? 0, watch.statusAskedAtMs) >= statusMs) {
      watch.statusAskedAtMs = nowMs;
      this.#ask(gimbal.managerComponentId, GimbalManagerStatus.MSG_ID, null, 1);
    }
  }

  /** A MAVLink gimbal tells its attitude itself; the autopilot tells that of the gimbals that it drives. */
  #attitudeSource(gimbal: GimbalState): number {
    const isHeard = this.#port.state().components.some(({ componentId }) => componentId === gimbal.deviceId);
    return isHeard && gimbal.deviceId > MAX_AUTOPILOT_GIMBAL ? gimbal.deviceId : gimbal.managerComponentId;
  }

  #ask(componentId: number, messageId: number, index: number | null, attempts: number): void {
    this.#requests
      .ask({ componentId, messageId, index, attempts })
      .catch((error: unknown) => this.#port.logger.error({ err: error }, 'A gimbal could not be asked'));
  }
}

const MAX_AUTOPILOT_GIMBAL = 6;
const NEVER_ASKED: Watch = {
  attitudeAskedAtMs: Number.NEGATIVE_INFINITY,
  statusAskedAtMs: Number.NEGATIVE_INFINITY,
  unanswered: 0,
};

function releaseMessage(systemId: number, gimbal: GimbalState): MavLinkData {
  const { command, params } = releaseControl(gimbal);
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
  return buildMessage(CommandLong, {
    targetSystem: systemId,
    targetComponent: gimbal.managerComponentId,
    command,
    _param1: p1,
    _param2: p2,
    _param3: p3,
    _param4: p4,
    _param5: p5,
    _param6: p6,
    _param7: p7,
  });
}

function headingOf(state: VehicleState): number | null {
  return state.attitude?.yawDeg ?? state.position?.headingDeg ?? null;
}

/** ArduPilot accepts −95° and stops at its limit of −90° (measured): better to be told before. */
function outOfRange(gimbal: GimbalState, angle: Angle, noseDeg: number | null): string | null {
  const { pitchRangeDeg, yawRangeDeg } = gimbal;
  if (!Number.isFinite(angle.pitchDeg) || !Number.isFinite(angle.yawDeg)) return 'an angle is not a number';
  const [pitchMin, pitchMax] = pitchRangeDeg ?? [-180, 180];
  if (angle.pitchDeg < pitchMin || angle.pitchDeg > pitchMax) {
    return `pitch ${angle.pitchDeg}° is outside ${pitchMin}…${pitchMax}°`;
  }
  if (Math.abs(angle.yawDeg) > 360) return `yaw ${angle.yawDeg}° is outside −360…360°`;
  if (yawRangeDeg === null || gimbal.capabilities.includes('infinite-yaw')) return null;
  if (angle.frame === 'lock' && noseDeg === null) return null;
  const fromNoseDeg = wrap180(angle.frame === 'lock' ? angle.yawDeg - (noseDeg ?? 0) : angle.yawDeg);
  const [yawMin, yawMax] = yawRangeDeg;
  if (fromNoseDeg >= yawMin && fromNoseDeg <= yawMax) return null;
  return `yaw ${fromNoseDeg.toFixed(0)}° from the nose is outside ${yawMin}…${yawMax}°`;
}

function placeProblem({ latDeg, lonDeg, altitudeAmslM }: Place): string | null {
  if (!(Math.abs(latDeg) <= 90 && Math.abs(lonDeg) <= 180)) return 'the place is not on the earth';
  if (!(altitudeAmslM >= -500 && altitudeAmslM <= 9_000))
    return `height ${altitudeAmslM} m is outside −500…9000 m`;
  // 0° N 0° E is ArduPilot's sign for "no place".
  return latDeg === 0 && lonDeg === 0 ? 'the place is 0° N 0° E' : null;
}
