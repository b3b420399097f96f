/**
 * The message classes and enums that we use. The MAVLink library stops here: everything else, the simulator
 * included, imports from this folder.
 *
 * The deep paths name the dialect file of each class; the version is pinned exactly (PROTOCOL.md: the tag `latest`
 * is an old one with other CRC_EXTRA values), so they do not move.
 */
export type { MavLinkData, MavLinkDataConstructor, MavLinkPacketField } from 'mavlink-mappings';
export {
  EkfStatusFlags,
  EkfStatusReport,
  Wind,
} from 'mavlink-mappings/dist/lib/ardupilotmega.js';
export {
  Altitude,
  Attitude,
  BatteryStatus,
  CameraInformation,
  CommandAck,
  CommandInt,
  CommandLong,
  EstimatorStatus,
  EstimatorStatusFlags,
  ExtendedSysState,
  FenceStatus,
  GlobalPositionInt,
  GpsFixType,
  GpsRawInt,
  HomePosition,
  MavCmd,
  MavDataStream,
  MavFrame,
  MavLandedState,
  MavMissionResult,
  MavMissionType,
  MavResult,
  MavSeverity,
  MavSysStatusSensor,
  MavVtolState,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionItemReached,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
  MissionState,
  OpenDroneIdArmStatus,
  ParamRequestRead,
  ParamSet,
  ParamValue,
  Ping,
  RadioStatus,
  RcChannels,
  RequestDataStream,
  StatusText,
  SysStatus,
  SystemTime,
  TerrainReport,
  VfrHud,
  WindCov,
} from 'mavlink-mappings/dist/lib/common.js';
export {
  Heartbeat,
  MavAutopilot,
  MavComponent,
  MavModeFlag,
  MavState,
  MavType,
} from 'mavlink-mappings/dist/lib/minimal.js';
export { AutopilotVersion, MavProtocolCapability } from 'mavlink-mappings/dist/lib/standard.js';

/**
 * Builds a message from named fields; what is not named keeps the library's default.
 *
 * Two defaults of the library are traps: an enum field starts as a *string* (the name of its first value), and
 * 64-bit flag fields start as one too and throw when written. So every numeric enum default is set to 0 here,
 * and every 64-bit default to 0n.
 */
export function buildMessage<T extends MavLinkDataBase>(
  messageClass: MessageClass<T>,
  fields: Partial<{ [K in keyof T]: T[K] }>,
): T {
  const message = new messageClass();
  const values = message as unknown as Record<string, unknown>;
  for (const field of messageClass.FIELDS) {
    if (field.type.endsWith('64_t') && typeof values[field.name] !== 'bigint') values[field.name] = 0n;
    else if (typeof values[field.name] === 'string' && !field.type.startsWith('char')) values[field.name] = 0;
  }
  return Object.assign(message, fields);
}

type MavLinkDataBase = import('mavlink-mappings').MavLinkData;
type MessageClass<T extends MavLinkDataBase> = import('mavlink-mappings').MavLinkDataConstructor<T>;

export { CameraFeedback, MemInfo } from 'mavlink-mappings/dist/lib/ardupilotmega.js';
export {
  AttitudeQuaternion,
  AttitudeTarget,
  AvailableModes,
  CameraCaptureStatus,
  CameraImageCaptured,
  CameraSettings,
  CurrentMode,
  DistanceSensor,
  FileTransferProtocol,
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerSetAttitude,
  GimbalManagerSetPitchyaw,
  GimbalManagerStatus,
  GpsGlobalOrigin,
  IlluminatorStatus,
  LocalPositionNed,
  LogData,
  LogEntry,
  LogErase,
  LogRequestData,
  LogRequestEnd,
  LogRequestList,
  MavParamType,
  MessageInterval,
  NavControllerOutput,
  OpenDroneIdBasicId,
  OpenDroneIdOperatorId,
  OpenDroneIdSelfId,
  OpenDroneIdSystem,
  OpenDroneIdSystemUpdate,
  OrbitExecutionStatus,
  ParamRequestList,
  PositionTargetGlobalInt,
  PositionTargetLocalNed,
  PowerStatus,
  ScaledPressure,
  ServoOutputRaw,
  SetAttitudeTarget,
  SetMode,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
  SetupSigning,
  StorageInformation,
  TerrainCheck,
  TerrainData,
  TerrainRequest,
  TimeSync,
  Vibration,
  VideoStreamInformation,
} from 'mavlink-mappings/dist/lib/common.js';
export {
  CurrentEventSequence,
  Event,
  ParamError,
  RelayStatus,
  RequestEvent,
  ResponseEventError,
} from './extra-messages.ts';
