import { MavLinkData, MavLinkPacketField } from 'mavlink-mappings';

/**
 * Messages of the public XML that the pinned library leaves out: its generator skips whatever the XML marks as work
 * in progress, and yet the autopilots send them (events: PX4; PARAM_ERROR and RELAY_STATUS: ArduPilot). Classes for
 * those that we read or send, written after message_definitions/v1.0/common.xml; of the rest only CRC_EXTRA, so
 * that their frames are verified like all others.
 */

/** EVENT: what PX4 says instead of text. `arguments` are the packed values of the event's definition. */
export class Event extends MavLinkData {
  static override MSG_ID = 410;
  static override MSG_NAME = 'EVENT';
  static override PAYLOAD_LENGTH = 53;
  static override MAGIC_NUMBER = 160;
  static override FIELDS = [
    new MavLinkPacketField('id', 'id', 0, false, 4, 'uint32_t', ''),
    new MavLinkPacketField('event_time_boot_ms', 'eventTimeBootMs', 4, false, 4, 'uint32_t', 'ms'),
    new MavLinkPacketField('sequence', 'sequence', 8, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('destination_component', 'destinationComponent', 10, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('destination_system', 'destinationSystem', 11, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('log_levels', 'logLevels', 12, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('arguments', 'arguments', 13, false, 1, 'uint8_t[]', '', 40),
  ];
  id = 0;
  eventTimeBootMs = 0;
  sequence = 0;
  destinationComponent = 0;
  destinationSystem = 0;
  /** Log levels: 4 bits internal (high), 4 bits external (low); 0 emergency … 7 debug. */
  logLevels = 0;
  arguments: number[] = [];
}

/** CURRENT_EVENT_SEQUENCE: the newest event's number; flag 1: the numbers began anew. */
export class CurrentEventSequence extends MavLinkData {
  static override MSG_ID = 411;
  static override MSG_NAME = 'CURRENT_EVENT_SEQUENCE';
  static override PAYLOAD_LENGTH = 3;
  static override MAGIC_NUMBER = 106;
  static override FIELDS = [
    new MavLinkPacketField('sequence', 'sequence', 0, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('flags', 'flags', 2, false, 1, 'uint8_t', ''),
  ];
  sequence = 0;
  flags = 0;
}

/** REQUEST_EVENT: asks for lost events again, first to last inclusive (numbers wrap at 65536). */
export class RequestEvent extends MavLinkData {
  static override MSG_ID = 412;
  static override MSG_NAME = 'REQUEST_EVENT';
  static override PAYLOAD_LENGTH = 6;
  static override MAGIC_NUMBER = 33;
  static override FIELDS = [
    new MavLinkPacketField('first_sequence', 'firstSequence', 0, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('last_sequence', 'lastSequence', 2, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('target_system', 'targetSystem', 4, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('target_component', 'targetComponent', 5, false, 1, 'uint8_t', ''),
  ];
  firstSequence = 0;
  lastSequence = 0;
  targetSystem = 0;
  targetComponent = 0;
}

/** RESPONSE_EVENT_ERROR: an event that was asked for is not there any more. */
export class ResponseEventError extends MavLinkData {
  static override MSG_ID = 413;
  static override MSG_NAME = 'RESPONSE_EVENT_ERROR';
  static override PAYLOAD_LENGTH = 7;
  static override MAGIC_NUMBER = 77;
  static override FIELDS = [
    new MavLinkPacketField('sequence', 'sequence', 0, false, 2, 'uint16_t', ''),
    new MavLinkPacketField(
      'sequence_oldest_available',
      'sequenceOldestAvailable',
      2,
      false,
      2,
      'uint16_t',
      '',
    ),
    new MavLinkPacketField('target_system', 'targetSystem', 4, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('target_component', 'targetComponent', 5, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('reason', 'reason', 6, false, 1, 'uint8_t', ''),
  ];
  sequence = 0;
  sequenceOldestAvailable = 0;
  targetSystem = 0;
  targetComponent = 0;
  reason = 0;
}

/**
 * PARAM_ERROR: why a parameter was not given or set. `error` is MAV_PARAM_ERROR: 1 does not exist, 2 out of range,
 * 3 not permitted, 4 no such component, 5 read-only, 6 type not supported, 7 type does not match, 8 reading failed.
 */
export class ParamError extends MavLinkData {
  static override MSG_ID = 345;
  static override MSG_NAME = 'PARAM_ERROR';
  static override PAYLOAD_LENGTH = 21;
  static override MAGIC_NUMBER = 209;
  static override FIELDS = [
    new MavLinkPacketField('param_index', 'paramIndex', 0, false, 2, 'int16_t', ''),
    new MavLinkPacketField('target_system', 'targetSystem', 2, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('target_component', 'targetComponent', 3, false, 1, 'uint8_t', ''),
    new MavLinkPacketField('param_id', 'paramId', 4, false, 1, 'char[]', '', 16),
    new MavLinkPacketField('error', 'error', 20, false, 1, 'uint8_t', ''),
  ];
  paramIndex = 0;
  targetSystem = 0;
  targetComponent = 0;
  paramId = '';
  error = 0;
}

/** RELAY_STATUS: bit n of `present` and `on` is relay n. */
export class RelayStatus extends MavLinkData {
  static override MSG_ID = 376;
  static override MSG_NAME = 'RELAY_STATUS';
  static override PAYLOAD_LENGTH = 8;
  static override MAGIC_NUMBER = 199;
  static override FIELDS = [
    new MavLinkPacketField('time_boot_ms', 'timeBootMs', 0, false, 4, 'uint32_t', 'ms'),
    new MavLinkPacketField('on', 'on', 4, false, 2, 'uint16_t', ''),
    new MavLinkPacketField('present', 'present', 6, false, 2, 'uint16_t', ''),
  ];
  timeBootMs = 0;
  on = 0;
  present = 0;
}

export const EXTRA_MESSAGES = [
  Event,
  CurrentEventSequence,
  RequestEvent,
  ResponseEventError,
  ParamError,
  RelayStatus,
] as const;

/** CRC_EXTRA by message id, for ids without a class; checked against fixtures/crc-extra.json. */
export const EXTRA_CRC: ReadonlyMap<number, number> = new Map([
  [8, 117], // LINK_NODE_STATUS
  [53, 3], // MISSION_CHECKSUM
  [80, 14], // COMMAND_CANCEL
  [290, 251], // ESC_INFO
  [291, 10], // ESC_STATUS
  [292, 227], // ESC_EEPROM
  [300, 217], // PROTOCOL_VERSION
  [354, 210], // SET_VELOCITY_LIMITS
  [355, 6], // VELOCITY_LIMITS
  [361, 93], // FIGURE_EIGHT_EXECUTION_STATUS
  [372, 26], // BATTERY_INFO
  [380, 232], // TIME_ESTIMATE_TO_TARGET
  [390, 156], // ONBOARD_COMPUTER_STATUS
  [397, 182], // COMPONENT_METADATA
  [421, 149], // RC_CHANNELS_OVERRIDE_V2
  [513, 99], // RANGING_BEACON
  [514, 197], // ESTIMATOR_SENSOR_FUSION_STATUS
  [11060, 162], // NAMED_VALUE_STRING
]);
