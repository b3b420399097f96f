/**
 * REQUEST_DATA_STREAM: which messages each MAV_DATA_STREAM stands for (GCS_MAVLink_Parameters.cpp); those that no
 * simulated aircraft sends are left out by whoever asks.
 */
const STREAMS: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [27, 116, 129, 29]], // RAW_SENSORS
  [2, [1, 125, 152, 42, 24, 62, 162, 87]], // EXTENDED_STATUS
  [3, [36, 65]], // RC_CHANNELS
  [4, []], // RAW_CONTROLLER
  [6, [33, 32]], // POSITION
  [10, [30, 178, 226]], // EXTRA1
  [11, [74]], // EXTRA2
  [12, [163, 168, 173, 2, 136, 133, 147, 285, 193, 241]], // EXTRA3
]);

/** Messages of a stream; 0 means all of them. Empty for a stream that is not known. */
export function messagesOfStream(streamId: number): readonly number[] {
  if (streamId === 0) return [...STREAMS.values()].flat();
  return STREAMS.get(streamId) ?? [];
}
