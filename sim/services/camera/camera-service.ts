import {
  buildMessage,
  CameraCaptureStatus,
  CameraImageCaptured,
  CameraInformation,
  CameraSettings,
  Heartbeat,
  type MavLinkData,
  StorageInformation,
  VideoStreamInformation,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import { type Command, RESULT } from '../../vehicle/command.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';
import type { Peer } from '../../vehicle/outbox.ts';
import { quaternionOf } from '../gimbal/rotation.ts';
import { MessageIntervals } from '../message-intervals.ts';
import { CameraBody } from './camera-body.ts';
import { CAMERA_COMMAND, performCamera } from './camera-commands.ts';
import { type CameraIdentity, cameraMessages, captureStatus } from './camera-messages.ts';

/**
 * A MAVLink camera with a component of its own (camera protocol v2): it is spoken to directly, and the mission's
 * camera items reach it. It has its own clock: a restart of the autopilot is none of the camera.
 */
const CAMERA_COMPONENT = 100;
const MAV_TYPE_CAMERA = 30;
const HEARTBEAT_S = 1;
const REQUEST_MESSAGE = 512;
const SET_MESSAGE_INTERVAL = 511;
/** Older commands that ask for one message each. */
const OLD_REQUESTS: ReadonlyMap<number, number> = new Map([
  [521, CameraInformation.MSG_ID],
  [522, CameraSettings.MSG_ID],
  [525, StorageInformation.MSG_ID],
  [527, CameraCaptureStatus.MSG_ID],
  [2504, VideoStreamInformation.MSG_ID],
]);
/** Reports of images that can be asked for again. */
const IMAGES_KEPT = 500;
const DISTANCE_CHECK_S = 0.2;
const E7 = 1e7;
const M_PER_DEG = 111_319.49;
/** Always the same one: built once for the whole fleet. */
const HEARTBEAT = buildMessage(Heartbeat, {
  type: MAV_TYPE_CAMERA,
  autopilot: 8,
  systemStatus: 4,
  mavlinkVersion: 3,
});

export interface CameraOptions extends CameraIdentity {
  /** Where it looks: roll, pitch, yaw from north in radians; the airframe's own when there is no gimbal. */
  readonly orientation?: () => { readonly roll: number; readonly pitch: number; readonly yaw: number };
}

export function cameraService(host: OnboardHost, options: CameraOptions): OnboardService {
  const images: CameraImageCaptured[] = [];
  const body = new CameraBody(() => captured());
  const intervals = new MessageIntervals();
  let heartbeatDueS = 0;
  let statusHz = 0;
  let statusDueS = 0;
  let triggerDistanceM: number | null = null;
  let checkDueS = 0;
  let lastShotAt: { readonly latDeg: number; readonly lonDeg: number } | null = null;
  let lastMode: number = body.mode;

  const bootMs = () => Math.round(body.nowS * 1000);
  const say = (message: MavLinkData) => host.broadcast(message, CAMERA_COMPONENT);

  /** Where the aircraft truly was when the shutter closed. */
  function captured(): void {
    const truth = host.truth();
    const { roll, pitch, yaw } = options.orientation?.() ?? host.attitudeRad();
    const image = buildMessage(CameraImageCaptured, {
      timeBootMs: bootMs(),
      timeUtc: BigInt(host.bootEpochMs() + Math.round(truth.timeS * 1000)) * 1000n,
      lat: Math.round(truth.latDeg * E7),
      lon: Math.round(truth.lonDeg * E7),
      alt: Math.round(truth.altitudeAmslM * 1000),
      relativeAlt: Math.round(truth.relativeAltitudeM * 1000),
      q: [...quaternionOf(roll, pitch, yaw)],
      imageIndex: body.imageCount,
      captureResult: 1,
      // No picture is made, so there is no address of one.
      fileUrl: '',
    });
    images.push(image);
    if (images.length > IMAGES_KEPT) images.shift();
    say(image);
  }

  function messages(messageId: number, index: number): readonly MavLinkData[] {
    const image = (wanted: number) => images.find(({ imageIndex }) => imageIndex === wanted) ?? null;
    return cameraMessages(messageId, index, { identity: options, body, bootMs: bootMs(), image });
  }

  /** The answers leave behind the acknowledgement. */
  function tell(messageId: number, index: number): number {
    const answers = messages(messageId, index);
    for (const answer of answers) say(answer);
    return answers.length === 0 ? RESULT.DENIED : RESULT.ACCEPTED;
  }

  function perform(command: number, params: Command['params'], tail: Command['tail']): number | null {
    const result = performCamera(command, params, tail, {
      body,
      setTriggerDistance: (distanceM) => {
        triggerDistanceM = distanceM;
        lastShotAt = null;
      },
      setStatusRate: (hz) => {
        statusHz = hz;
        statusDueS = body.nowS;
      },
    });
    if (body.mode !== lastMode) {
      lastMode = body.mode;
      for (const message of messages(CameraSettings.MSG_ID, 0)) say(message);
    }
    return result;
  }

  /** Photos by distance, as a survey wants them. */
  function triggerByDistance(distanceM: number): void {
    if (body.nowS < checkDueS) return;
    checkDueS = body.nowS + DISTANCE_CHECK_S;
    const { latDeg, lonDeg } = host.truth();
    if (lastShotAt !== null) {
      const northM = (latDeg - lastShotAt.latDeg) * M_PER_DEG;
      const eastM = (lonDeg - lastShotAt.lonDeg) * M_PER_DEG * Math.cos((latDeg * Math.PI) / 180);
      if (Math.hypot(northM, eastM) < distanceM) return;
    }
    if (body.takePhoto(0)) lastShotAt = { latDeg, lonDeg };
  }

  return {
    name: 'camera',
    componentIds: [CAMERA_COMPONENT],
    command({ command, params, tail }: Command, targetComponent: number, from: Peer): number | null {
      if (targetComponent !== CAMERA_COMPONENT && targetComponent !== 0) return null;
      if (targetComponent === CAMERA_COMPONENT) {
        if (command === REQUEST_MESSAGE) return tell(params[0], params[1]);
        const asked = OLD_REQUESTS.get(command);
        if (asked !== undefined) return tell(asked, 0);
        if (command === SET_MESSAGE_INTERVAL) {
          if (messages(params[0], 0).length === 0) return RESULT.FAILED;
          intervals.set(from.channelId, params[0], params[1], body.nowS);
          return RESULT.ACCEPTED;
        }
      }
      return perform(command, params, tail);
    },
    missionItem(_seq: number, item: MissionItem): boolean {
      const { command, param1, param2, param3, param4, x, y, z } = item;
      // A single photo of a mission carries no number of its own: every item is another one.
      const params = [param1, param2, param3, command === CAMERA_COMMAND.IMAGE_START ? 0 : param4] as const;
      return perform(command, params, [x, y, z]) !== null;
    },
    step(dtS: number): void {
      body.step(dtS);
      if (triggerDistanceM !== null) triggerByDistance(triggerDistanceM);
      const { nowS } = body;
      if (!intervals.isEmpty) {
        intervals.emitDue(nowS, (channelId, messageId) => {
          for (const message of messages(messageId, 0)) host.send({ channelId }, message, CAMERA_COMPONENT);
        });
      }
      if (statusHz > 0 && nowS >= statusDueS) {
        statusDueS = nowS + 1 / statusHz;
        say(captureStatus(body, bootMs()));
      }
      if (nowS < heartbeatDueS) return;
      heartbeatDueS = nowS + HEARTBEAT_S;
      say(HEARTBEAT);
    },
  };
}
