import {
  buildMessage,
  type MavLinkData,
  RelayStatus,
  ServoOutputRaw,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import type { VehicleFault } from '../../faults/model.ts';
import { RESULT } from '../../vehicle/command.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT } from '../../vehicle/outbox.ts';

/**
 * Switched outputs of an ArduPilot: relays (a spotlight, a loudspeaker's power) and free servo outputs. As asked of
 * the real one (4.7-dev): a relay or servo that is not there, or whose output has a function, answers 4.
 */
const SET_RELAY = 181;
const SET_SERVO = 183;
/** Relay 0 a spotlight, relay 1 the loudspeaker, as far as the simulator is concerned; RELAYn_FUNCTION 1 makes one. */
const RELAYS = 2;
const FUNCTION_RELAY = 1;
const SERVOS = 16;
/** Outputs 1–4 are the motors, 9 and 10 the gimbal. */
const TAKEN: ReadonlySet<number> = new Set([1, 2, 3, 4, 9, 10]);
const MOTORS = 4;
const MOTOR_STOPPED_US = 1000;
const MOTOR_IDLE_US = 1100;
const MOTOR_HOVER_US = 1500;
const GIMBAL_CENTRE_US = 1500;

export function outputService(host: OnboardHost): OnboardService {
  const servosUs = new Array<number>(SERVOS).fill(0);
  servosUs.fill(GIMBAL_CENTRE_US, 8, 10);
  let relaysOn = 0;
  let isStuck = false;

  function isThere(relay: number): boolean {
    if (!(Number.isInteger(relay) && relay >= 0 && relay < RELAYS)) return false;
    return (host.parameter(`RELAY${relay + 1}_FUNCTION`) ?? FUNCTION_RELAY) === FUNCTION_RELAY;
  }

  function setRelay(relay: number, value: number): number {
    if (!isThere(relay)) return RESULT.FAILED;
    if (!isStuck) relaysOn = value === 0 ? relaysOn & ~(1 << relay) : relaysOn | (1 << relay);
    return RESULT.ACCEPTED;
  }

  function setServo(servo: number, pulseUs: number): number {
    if (!(Number.isInteger(servo) && servo >= 1 && servo <= SERVOS) || TAKEN.has(servo)) return RESULT.FAILED;
    if (!(pulseUs >= 0 && pulseUs <= 65_535)) return RESULT.FAILED;
    if (!isStuck) servosUs[servo - 1] = Math.round(pulseUs);
    return RESULT.ACCEPTED;
  }

  /** Null: not for an output. */
  function perform(command: number, param1: number, param2: number): number | null {
    if (command === SET_RELAY) return setRelay(param1, param2);
    return command === SET_SERVO ? setServo(param1, param2) : null;
  }

  function servoOutput(): ServoOutputRaw {
    const { armed, landed, timeS } = host.truth();
    const motorUs = armed ? (landed ? MOTOR_IDLE_US : MOTOR_HOVER_US) : MOTOR_STOPPED_US;
    const at = (servo: number) => (servo <= MOTORS ? motorUs : (servosUs[servo - 1] ?? 0));
    return buildMessage(ServoOutputRaw, {
      timeUsec: Math.round(timeS * 1e6) % 2 ** 32,
      ...{ servo1Raw: at(1), servo2Raw: at(2), servo3Raw: at(3), servo4Raw: at(4) },
      ...{ servo5Raw: at(5), servo6Raw: at(6), servo7Raw: at(7), servo8Raw: at(8) },
      ...{ servo9Raw: at(9), servo10Raw: at(10), servo11Raw: at(11), servo12Raw: at(12) },
      ...{ servo13Raw: at(13), servo14Raw: at(14), servo15Raw: at(15), servo16Raw: at(16) },
    });
  }

  return {
    name: 'outputs',
    command: ({ command, params }, targetComponent) =>
      targetComponent > AUTOPILOT_COMPONENT ? null : perform(command, params[0], params[1]),
    missionItem: (_seq: number, { command, param1, param2 }: MissionItem) =>
      perform(command, param1, param2) !== null,
    telemetry(messageId: number): MavLinkData | null {
      if (messageId === ServoOutputRaw.MSG_ID) return servoOutput();
      if (messageId !== RelayStatus.MSG_ID) return null;
      const timeBootMs = Math.round(host.truth().timeS * 1000);
      return buildMessage(RelayStatus, {
        timeBootMs,
        on: relaysOn,
        present: [0, 1].reduce((bits, relay) => bits | (isThere(relay) ? 1 << relay : 0), 0),
      });
    },
    rebooted(): void {
      relaysOn = 0;
      servosUs.fill(0, MOTORS);
      servosUs.fill(GIMBAL_CENTRE_US, 8, 10);
    },
    fault(fault: VehicleFault, isActive: boolean): boolean {
      if (fault.kind !== 'stuck-payload') return false;
      isStuck = isActive;
      return true;
    },
  };
}

const SET_ACTUATOR = 187;

/** PX4: DO_SET_ACTUATOR for "Peripheral via Actuator Set 1–6"; nothing reports it. Relays and servos are refused. */
export function actuatorService(): OnboardService {
  const values = new Array<number>(6).fill(0);
  let isStuck = false;
  return {
    name: 'actuators',
    command({ command, params, tail }, targetComponent): number | null {
      if (command !== SET_ACTUATOR || targetComponent > AUTOPILOT_COMPONENT) return null;
      if (tail[2] !== 0) return RESULT.UNSUPPORTED;
      for (const [index, value] of [...params, tail[0], tail[1]].entries()) {
        if (!Number.isNaN(value) && !isStuck) values[index] = Math.max(-1, Math.min(1, value));
      }
      return RESULT.ACCEPTED;
    },
    fault(fault: VehicleFault, isActive: boolean): boolean {
      if (fault.kind !== 'stuck-payload') return false;
      isStuck = isActive;
      return true;
    },
  };
}
