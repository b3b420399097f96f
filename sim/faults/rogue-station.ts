import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  MavParamType,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  ParamSet,
  SetMode,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import { floatOfBits } from '../px4/float-bits.ts';

/** What a second ground station does to an aircraft that is not its own. */
export type RogueAction =
  /** The old SET_MODE message with the autopilot's own number. */
  | { readonly kind: 'mode'; readonly customMode: number }
  | { readonly kind: 'arm' }
  /** `force` in flight too (ArduPilot's 21196). */
  | { readonly kind: 'disarm'; readonly force?: boolean }
  | { readonly kind: 'return' }
  | { readonly kind: 'land' }
  /** MAV_MISSION_TYPE; default 0, the mission. */
  | { readonly kind: 'clear-mission'; readonly missionType?: number }
  /** As sent, slot 0 included; default a mission that does nothing but return. */
  | { readonly kind: 'upload-mission'; readonly items?: readonly MissionItem[] }
  /** Any COMMAND_LONG. */
  | { readonly kind: 'command'; readonly command: number; readonly params?: readonly number[] }
  /** `asInt32`: as PX4 wants its integers, the bits of one in the place of the float. */
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly value: number;
      readonly asInt32?: boolean;
    };

export interface RogueStep {
  /** Seconds after the rogue appeared, simulated time. */
  readonly atS: number;
  /** Again and again until it goes; null or left out: once. */
  readonly everyS?: number | null;
  readonly action: RogueAction;
}

export interface RogueOptions {
  /** The aircraft that it bothers. */
  readonly systemIds: readonly number[];
  readonly steps: readonly RogueStep[];
  /** Default 255 and 190, what most ground stations use; those of ours make it an impostor. */
  readonly asSystemId?: number;
  readonly asComponentId?: number;
}

const FORCE = 21_196;
const ZERO = { param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 } as const;
const ONLY_RETURN: readonly MissionItem[] = [
  { ...ZERO, frame: 0, command: 16 },
  { ...ZERO, frame: 2, command: 20 },
];
/** Newest lines kept of what it did. */
const LOG_LINES = 1000;

interface Victim {
  readonly systemId: number;
  /** Sequence numbers are counted per receiver. */
  readonly encoder: Encoder;
  readonly framer: Framer;
  upload: readonly MissionItem[] | null;
}

/**
 * A ground station that nobody wants: heartbeats once a second, and what its script says. Knows no sockets and no
 * clock; whoever runs it gives it both.
 */
export class RogueStation {
  readonly log: string[] = [];
  readonly #victims: readonly Victim[];
  readonly #send: (systemId: number, bytes: Buffer) => void;
  readonly #due: { dueS: number; readonly step: RogueStep }[];
  #nowS = 0;
  #nextHeartbeatS = 0;

  constructor(options: RogueOptions, send: (systemId: number, bytes: Buffer) => void) {
    const { asSystemId: systemId = 255, asComponentId: componentId = 190 } = options;
    this.#victims = options.systemIds.map((victim) => ({
      systemId: victim,
      encoder: new Encoder({ systemId, componentId }),
      framer: new Framer(),
      upload: null,
    }));
    this.#due = options.steps.map((step) => ({ dueS: step.atS, step }));
    this.#send = send;
  }

  /** Simulated seconds since it appeared. */
  step(nowS: number): void {
    this.#nowS = nowS;
    if (nowS >= this.#nextHeartbeatS) {
      this.#nextHeartbeatS = nowS + 1;
      for (const victim of this.#victims) {
        // MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, active.
        this.#tell(victim, buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4 }));
      }
    }
    for (const entry of this.#due) {
      if (entry.dueS > nowS) continue;
      const { everyS } = entry.step;
      // A step longer than the interval does it once: it is one nuisance, not a queue of them.
      entry.dueS =
        everyS == null || everyS <= 0 ? Number.POSITIVE_INFINITY : Math.max(entry.dueS + everyS, nowS);
      for (const victim of this.#victims) this.#act(entry.step.action, victim);
    }
  }

  /** A datagram from one of its victims. */
  receive(systemId: number, datagram: Buffer): void {
    const victim = this.#victims.find((candidate) => candidate.systemId === systemId);
    if (victim === undefined) return;
    for (const frame of victim.framer.pushDatagram(datagram)) {
      if (frame.systemId !== systemId) continue;
      const message = decodeById(frame);
      if (message instanceof MissionRequest || message instanceof MissionRequestInt)
        this.#sendItem(victim, message.seq);
      else if (message instanceof MissionAck && victim.upload !== null) {
        victim.upload = null;
        this.#note(victim, `mission answered with ${message.type}`);
      } else if (message instanceof CommandAck)
        this.#note(victim, `command ${message.command} answered with ${message.result}`);
    }
  }

  #act(action: RogueAction, victim: Victim): void {
    this.#note(victim, action.kind);
    if (action.kind === 'upload-mission') victim.upload = action.items ?? ONLY_RETURN;
    this.#tell(victim, messageOf(action, victim.systemId));
  }

  #sendItem(victim: Victim, seq: number): void {
    const item = victim.upload?.[seq];
    if (item === undefined) return;
    const target = { targetSystem: victim.systemId, targetComponent: 1 };
    this.#tell(victim, buildMessage(MissionItemInt, { ...target, seq, autocontinue: 1, ...item }));
  }

  #tell(victim: Victim, message: MavLinkData): void {
    this.#send(victim.systemId, victim.encoder.encode(message));
  }

  #note(victim: Victim, what: string): void {
    if (this.log.length >= LOG_LINES) this.log.shift();
    this.log.push(`${this.#nowS.toFixed(1)} s, system ${victim.systemId}: ${what}`);
  }
}

function messageOf(action: RogueAction, targetSystem: number): MavLinkData {
  const target = { targetSystem, targetComponent: 1 };
  switch (action.kind) {
    case 'mode':
      // MAV_MODE_FLAG_CUSTOM_MODE_ENABLED.
      return buildMessage(SetMode, { targetSystem, baseMode: 1 as number, customMode: action.customMode });
    case 'arm':
      return commandLong(targetSystem, 400, [1]);
    case 'disarm':
      return commandLong(targetSystem, 400, action.force === true ? [0, FORCE] : [0]);
    case 'return':
      return commandLong(targetSystem, 20, []);
    case 'land':
      return commandLong(targetSystem, 21, []);
    case 'clear-mission':
      return buildMessage(MissionClearAll, { ...target, missionType: action.missionType ?? 0 });
    case 'upload-mission':
      return buildMessage(MissionCount, { ...target, count: (action.items ?? ONLY_RETURN).length });
    case 'command':
      return commandLong(targetSystem, action.command, action.params ?? []);
    case 'parameter':
      // MAV_PARAM_TYPE_REAL32; ArduPilot takes it for every parameter.
      return buildMessage(ParamSet, {
        ...target,
        paramId: action.name,
        paramValue: action.asInt32 === true ? floatOfBits(action.value) : action.value,
        paramType: action.asInt32 === true ? MavParamType.INT32 : MavParamType.REAL32,
      });
  }
}

function commandLong(targetSystem: number, command: number, params: readonly number[]): CommandLong {
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
  const first = { _param1: p1, _param2: p2, _param3: p3, _param4: p4 };
  const rest = { _param5: p5, _param6: p6, _param7: p7 };
  return buildMessage(CommandLong, { targetSystem, targetComponent: 1, command, ...first, ...rest });
}
