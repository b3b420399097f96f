import { buildMessage, CommandLong, type MavLinkData } from '../../codec/messages.ts';
import type { CommandOutcome } from '../../model.ts';
import type { CommandSpec } from '../../protocol/command.ts';
import type { VehiclePort, VehicleService } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { GimbalAim, GimbalState } from '../state.ts';
import {
  type Angle,
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
import { GimbalRecords, noseOf } from './gimbal-records.ts';
import { GimbalWatch } from './gimbal-watch.ts';
import { wrap180 } from './orientation.ts';

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

/** A status this old does not let us believe that we have control. */
const CONTROL_FRESH_MS = 25_000;
const MAX_RATE_DPS = 120;

export class GimbalService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #us: { readonly systemId: number; readonly componentId: number };
  readonly #records: GimbalRecords;
  readonly #watch: GimbalWatch;
  readonly #commanding = new Set<string>();
  #closed = false;

  /** @param requests shared by all that ask this vehicle for messages */
  constructor(port: VehiclePort, requests: MessageRequests) {
    this.#port = port;
    this.#us = { systemId: port.ourSystemId, componentId: port.ourComponentId };
    this.#records = new GimbalRecords(port, requests);
    this.#watch = new GimbalWatch(port, requests, this.#records, (id) => this.#commanding.has(id));
  }

  tick(nowMs: number): void {
    if (!this.#closed && this.#port.refusal() === null) this.#watch.tick(nowMs);
  }

  /** A gimbal that manages itself did not restart with the autopilot. */
  onReboot(): void {
    this.#watch.forget(this.#port.target.componentId);
    this.#records.forget(this.#port.target.componentId);
  }

  /** Gives control back where we have it, without waiting for an answer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#records.close();
    for (const gimbal of this.#records.all()) {
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
      (gimbal) => outOfRange(gimbal, angle, noseOf(this.#port.state())),
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
      if (outcome.kind === 'done') this.#records.setAim(gimbalId, null);
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
      const outcome = await this.#port.run(specOf(this.#records.get(gimbalId) ?? gimbal));
      if (outcome.kind === 'done' || outcome.kind === 'not-confirmed') {
        this.#records.setAim(gimbalId, aimOf(this.#port.clock.nowMs()));
      }
      return outcome;
    });
  }

  /** Null: it is ours. Who has it is asked anew: an old status would push aside who took it since. */
  async #haveControl(gimbal: GimbalState, takeOver: boolean): Promise<CommandOutcome | null> {
    const { gimbalId } = gimbal;
    await this.#watch.refreshStatus(gimbal);
    const before = this.#records.get(gimbalId)?.control ?? null;
    const isFresh = before !== null && this.#port.clock.nowMs() - before.receivedAtMs <= CONTROL_FRESH_MS;
    if (isFresh && before.isOurs) return null;
    if (isFresh && before.holder !== null && !takeOver) return notInControl(this.#records.get(gimbalId));
    const outcome = await this.#port.run(takeControl(gimbal, this.#us));
    if (outcome.kind === 'done') return null;
    const now = this.#records.get(gimbalId);
    const isHeld = outcome.kind === 'not-confirmed' && now?.control?.holder != null;
    return isHeld ? notInControl(now) : outcome;
  }

  async #exclusive(
    gimbalId: string,
    work: (gimbal: GimbalState) => Promise<CommandOutcome>,
  ): Promise<CommandOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    const gimbal = this.#records.get(gimbalId);
    if (gimbal === null) return { kind: 'unsupported', what: `gimbal ${gimbalId}: there is none` };
    if (this.#commanding.has(gimbalId)) return { kind: 'busy', what: `gimbal ${gimbalId}` };
    this.#commanding.add(gimbalId);
    try {
      return await work(gimbal);
    } finally {
      this.#commanding.delete(gimbalId);
    }
  }
}

function notInControl(gimbal: GimbalState | null): CommandOutcome {
  return { kind: 'denied', result: 'NOT_IN_CONTROL', reasons: [holderInWords(gimbal)] };
}

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
