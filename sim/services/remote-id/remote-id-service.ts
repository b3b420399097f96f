import {
  buildMessage,
  Heartbeat,
  type MavLinkData,
  OpenDroneIdArmStatus,
  OpenDroneIdBasicId,
  OpenDroneIdOperatorId,
  OpenDroneIdSelfId,
  OpenDroneIdSystem,
  OpenDroneIdSystemUpdate,
} from '../../../firmware-bridge/codec/messages.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';

/**
 * Remote ID: a transmitter with component 236 that wants to be told who operates the aircraft and where from, and an
 * autopilot that does not arm while it is not content. Only while the autopilot's parameter says so: ArduPilot
 * DID_ENABLE (AP_OpenDroneID.cpp: DID_OPTIONS bit 0 makes arming depend on it; without that parameter it does),
 * PX4 COM_ARM_ODID 2. What the ground station sends grows old in wall time: a client that sends once a second does
 * so whatever the simulation's speed.
 */
const TRANSMITTER = 236;
/** MAV_TYPE_ODID. */
const MAV_TYPE_ODID = 34;
const SYSTEM_MAX_AGE_MS = 3_000;
/** The transmitter's patience with what hardly changes (ArduRemoteID). */
const OTHER_MAX_AGE_MS = 22_000;
const EVERY_S = 1;
const GOOD_TO_ARM = 0;
const FAILED_TO_ARM = 1;

interface Heard {
  basicIdMs: number;
  selfIdMs: number;
  operatorIdMs: number;
  systemMs: number;
  hasBasicId: boolean;
  hasOperatorPlace: boolean;
}

const NOTHING_HEARD: Readonly<Heard> = {
  basicIdMs: Number.NEGATIVE_INFINITY,
  selfIdMs: Number.NEGATIVE_INFINITY,
  operatorIdMs: Number.NEGATIVE_INFINITY,
  systemMs: Number.NEGATIVE_INFINITY,
  hasBasicId: false,
  hasOperatorPlace: false,
};
/** Always the same one: built once for the whole fleet. */
const HEARTBEAT = buildMessage(Heartbeat, {
  type: MAV_TYPE_ODID,
  autopilot: 8,
  systemStatus: 4,
  mavlinkVersion: 3,
});

export function remoteIdService(host: OnboardHost): OnboardService {
  let heard: Heard = { ...NOTHING_HEARD };
  let wallMs = 0;
  let nowS = 0;
  let dueS = 0;

  function isEnabled(): boolean {
    return (host.parameter('DID_ENABLE') ?? 0) !== 0 || (host.parameter('COM_ARM_ODID') ?? 0) > 0;
  }

  /** ArduPilot's DID_OPTIONS is 0 unless somebody sets bit 0; an aircraft without that parameter means it. */
  function isEnforced(): boolean {
    if ((host.parameter('COM_ARM_ODID') ?? 0) >= 2) return true;
    const options = host.parameter('DID_OPTIONS');
    return options === null ? isEnabled() && host.parameter('COM_ARM_ODID') === null : (options & 1) !== 0;
  }

  /** What the transmitter misses, in its own words; '' when nothing. */
  function missing(): string {
    const isOld = (atMs: number) => wallMs - atMs > OTHER_MAX_AGE_MS;
    const words = [
      ...(isOld(heard.basicIdMs) ? ['ID'] : []),
      ...(isOld(heard.selfIdMs) ? ['SELF_ID'] : []),
      ...(isOld(heard.operatorIdMs) ? ['OP_ID'] : []),
      ...(isOld(heard.systemMs) ? ['SYS'] : []),
    ];
    if (words.length === 0 && !heard.hasOperatorPlace) words.push('OP_LOC');
    return words.length === 0 ? '' : `missing ${words.join(' ')}`;
  }

  function armStatus(): OpenDroneIdArmStatus {
    const error = missing();
    return buildMessage(OpenDroneIdArmStatus, {
      status: (error === '' ? GOOD_TO_ARM : FAILED_TO_ARM) as number,
      error,
    });
  }

  /** In the order in which ArduPilot looks. */
  function objection(): string | null {
    if (!isEnabled()) return 'DID_ENABLE must be 1';
    if (!heard.hasBasicId) return 'UA_TYPE required in BasicID';
    if (!heard.hasOperatorPlace) return 'operator location must be set';
    if (wallMs - heard.systemMs > SYSTEM_MAX_AGE_MS) return 'SYSTEM not available';
    const error = missing();
    return error === '' ? null : error;
  }

  return {
    name: 'remote-id',
    componentIds: [TRANSMITTER],
    handle(message: MavLinkData, _from, _targetComponent, atMs: number): boolean {
      if (message instanceof OpenDroneIdBasicId) {
        heard.basicIdMs = atMs;
        heard.hasBasicId = Number(message.idType) !== 0;
      } else if (message instanceof OpenDroneIdSelfId) {
        heard.selfIdMs = atMs;
      } else if (message instanceof OpenDroneIdOperatorId) {
        heard.operatorIdMs = atMs;
      } else if (message instanceof OpenDroneIdSystem || message instanceof OpenDroneIdSystemUpdate) {
        // An update is about a SYSTEM that came before.
        if (message instanceof OpenDroneIdSystemUpdate && !Number.isFinite(heard.systemMs)) return true;
        heard.systemMs = atMs;
        heard.hasOperatorPlace = message.operatorLatitude !== 0 || message.operatorLongitude !== 0;
      } else {
        return false;
      }
      wallMs = Math.max(wallMs, atMs);
      return true;
    },
    armingObjections(): readonly string[] {
      if (!isEnforced()) return [];
      const reason = objection();
      return reason === null ? [] : [`PreArm: OpenDroneID: ${reason}`];
    },
    step(dtS: number): void {
      nowS += dtS;
      if (nowS < dueS) return;
      dueS = nowS + EVERY_S;
      if (!isEnabled()) return;
      host.broadcast(HEARTBEAT, TRANSMITTER);
      host.broadcast(armStatus(), TRANSMITTER);
    },
    tick(atMs: number): void {
      wallMs = atMs;
    },
    rebooted(): void {
      heard = { ...NOTHING_HEARD };
    },
  };
}
