import { MavCmd } from '../../codec/messages.ts';
import type { AutopilotKind, VehicleState } from '../../model.ts';
import type { CommandSpec } from '../../protocol/command.ts';
import type { IlluminatorState } from '../state.ts';

/**
 * Switched outputs, as intents. Which autopilot has which (measured and from the sources):
 *
 * |                | ArduPilot                        | PX4                            |
 * |----------------|----------------------------------|--------------------------------|
 * | relay 181      | yes, seen in RELAY_STATUS        | no                             |
 * | servo 183      | yes, free outputs only           | refused (3)                    |
 * | actuator 187   | refused (3)                      | yes, outputs set to "Peripheral via Actuator Set" |
 * | illuminator 405/406 | by a light of its own only  | by a light of its own only     |
 *
 * DO_REPEAT_RELAY and DO_REPEAT_SERVO are not used: nobody can stop a cycle that is under way.
 */
const GIVE_UP_MS = 4_000;
const WITHIN_MS = 4_000;
const REPEAT_AFTER_MS = 1_500;
/** PX4's "Peripheral via Actuator Set 1–6". */
const ACTUATORS_PER_SET = 6;
const ILLUMINATOR_INTERNAL_CONTROL = 1;
const BRIGHTNESS_TOLERANCE_PCT = 2;

export interface Strobe {
  readonly periodS: number;
  /** Lit part of the period, 0–100. */
  readonly dutyPct: number;
}

/** Null: this autopilot has no relays. @param relay from 0 */
export function setRelay(
  autopilot: AutopilotKind,
  relay: number,
  on: boolean,
  commandClass: CommandSpec['commandClass'] = 'idempotent',
): CommandSpec | null {
  if (autopilot !== 'ardupilot') return null;
  return {
    name: `relay ${relay} ${on ? 'on' : 'off'}`,
    command: MavCmd.DO_SET_RELAY,
    params: [relay, on ? 1 : 0],
    commandClass,
    giveUpMs: GIVE_UP_MS,
    repeatAfterMs: REPEAT_AFTER_MS,
    persistent: false,
    confirm: {
      expected: `relay ${relay} reported ${on ? 'on' : 'off'}`,
      seen: (state) => {
        const relays = state.actuators?.relays ?? null;
        return relays?.present.includes(relay) === true && relays.on.includes(relay) === on;
      },
      observed: (state) => {
        const relays = state.actuators?.relays ?? null;
        if (relays === null) return 'no relay status reported';
        if (!relays.present.includes(relay)) return `there is no relay ${relay}`;
        return `relay ${relay} ${relays.on.includes(relay) ? 'on' : 'off'}`;
      },
      reportedAtMs: (state) => state.actuators?.relays?.receivedAtMs ?? null,
      withinMs: WITHIN_MS,
    },
  };
}

/** @param servo output from 1; @param pulseUs 800–2200. The acknowledgement is all there is. */
export function setServo(autopilot: AutopilotKind, servo: number, pulseUs: number): CommandSpec | null {
  if (autopilot !== 'ardupilot') return null;
  return {
    name: `servo ${servo} to ${pulseUs} µs`,
    command: MavCmd.DO_SET_SERVO,
    params: [servo, pulseUs],
    ...ACKNOWLEDGED,
  };
}

/** @param actuator from 1; @param value −1…1. Outputs that are not meant are NaN: left as they are. */
export function setActuator(autopilot: AutopilotKind, actuator: number, value: number): CommandSpec | null {
  if (autopilot !== 'px4') return null;
  const slots = new Array<number>(ACTUATORS_PER_SET).fill(Number.NaN);
  slots[(actuator - 1) % ACTUATORS_PER_SET] = value;
  return {
    name: `actuator ${actuator} to ${value}`,
    command: MavCmd.DO_SET_ACTUATOR,
    params: [...slots, Math.floor((actuator - 1) / ACTUATORS_PER_SET)],
    ...ACKNOWLEDGED,
  };
}

export function switchIlluminator(light: IlluminatorState, on: boolean): CommandSpec {
  return {
    name: `light ${light.componentId} ${on ? 'on' : 'off'}`,
    command: MavCmd.ILLUMINATOR_ON_OFF,
    params: [on ? 1 : 0],
    componentId: light.componentId,
    ...ACKNOWLEDGED,
    confirm: {
      expected: `light reported ${on ? 'on' : 'off'}`,
      seen: (state) => illuminatorIn(state, light.componentId)?.on === on,
      observed: (state) => inWords(illuminatorIn(state, light.componentId)),
      reportedAtMs: (state) => illuminatorIn(state, light.componentId)?.receivedAtMs ?? null,
      withinMs: WITHIN_MS,
    },
  };
}

/** @param strobe null: steady */
export function configureIlluminator(
  light: IlluminatorState,
  brightnessPct: number,
  strobe: Strobe | null,
): CommandSpec {
  return {
    name: `light ${light.componentId} brightness ${brightnessPct} %`,
    command: MavCmd.DO_ILLUMINATOR_CONFIGURE,
    params: [ILLUMINATOR_INTERNAL_CONTROL, brightnessPct, strobe?.periodS ?? 0, strobe?.dutyPct ?? 0],
    componentId: light.componentId,
    ...ACKNOWLEDGED,
    confirm: {
      expected: `light at ${brightnessPct} %, ${strobe === null ? 'steady' : 'strobing'}`,
      seen: (state) => {
        const now = illuminatorIn(state, light.componentId);
        if (now === null || now.brightnessPct === null) return false;
        const isBright = Math.abs(now.brightnessPct - brightnessPct) <= BRIGHTNESS_TOLERANCE_PCT;
        return isBright && (now.strobePeriodS ?? 0) > 0 === (strobe !== null);
      },
      observed: (state) => inWords(illuminatorIn(state, light.componentId)),
      reportedAtMs: (state) => illuminatorIn(state, light.componentId)?.receivedAtMs ?? null,
      withinMs: WITHIN_MS,
    },
  };
}

export function illuminatorIn(state: VehicleState, componentId: number): IlluminatorState | null {
  return state.actuators?.illuminators.find((light) => light.componentId === componentId) ?? null;
}

const ACKNOWLEDGED = {
  commandClass: 'idempotent',
  giveUpMs: GIVE_UP_MS,
  persistent: false,
  confirm: null,
} as const;

function inWords(light: IlluminatorState | null): string {
  if (light === null) return 'no light status reported';
  const strobe = (light.strobePeriodS ?? 0) > 0 ? ', strobing' : '';
  const faults = light.faults.length === 0 ? '' : `, ${light.faults.join(', ')}`;
  return `light ${light.on ? 'on' : 'off'}, ${light.brightnessPct ?? 'unknown'} %${strobe}${faults}`;
}
