/**
 * What is kept of a flight, twice a second: 32 bytes, from which a log file is made when somebody reads it. Kept as
 * bytes and not as objects, because 500 aircraft fly in one process: an hour of flight is 230 kB.
 */
export interface FlightSample {
  /** degE7. */
  readonly lat: number;
  readonly lon: number;
  readonly altitudeAmslM: number;
  readonly relativeAltitudeM: number;
  readonly groundSpeedMps: number;
  readonly climbMps: number;
  readonly rollRad: number;
  readonly pitchRad: number;
  /** 0–2π. */
  readonly yawRad: number;
  /** 0–100. */
  readonly batteryPct: number;
  readonly missionSeq: number;
  readonly gpsOk: boolean;
}

export const SAMPLE_INTERVAL_S = 0.5;
export const SAMPLE_BYTES = 32;
const SAMPLES_PER_CHUNK = 128;
const MILLIRAD = 1000;
const FULL_TURN = 2 * Math.PI;

/** A list of samples that only grows. */
export class SampleList {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What it holds in memory. */
  get bytes(): number {
    return this.#chunks.length * SAMPLES_PER_CHUNK * SAMPLE_BYTES;
  }

  push(sample: FlightSample): void {
    const place = this.#length % SAMPLES_PER_CHUNK;
    if (place === 0) this.#chunks.push(Buffer.alloc(SAMPLES_PER_CHUNK * SAMPLE_BYTES));
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    writeSample(chunk, place * SAMPLE_BYTES, sample);
    this.#length += 1;
  }

  /** @throws RangeError beyond the end */
  at(index: number): FlightSample {
    const chunk = this.#chunks[Math.floor(index / SAMPLES_PER_CHUNK)];
    if (chunk === undefined || index < 0 || index >= this.#length) {
      throw new RangeError(`no sample ${index} of ${this.#length}`);
    }
    return readSample(chunk, (index % SAMPLES_PER_CHUNK) * SAMPLE_BYTES);
  }
}

function writeSample(bytes: Buffer, at: number, sample: FlightSample): void {
  bytes.writeInt32LE(sample.lat, at);
  bytes.writeInt32LE(sample.lon, at + 4);
  bytes.writeInt32LE(Math.round(sample.altitudeAmslM * 100), at + 8);
  bytes.writeInt32LE(Math.round(sample.relativeAltitudeM * 100), at + 12);
  bytes.writeUInt16LE(within(sample.groundSpeedMps * 100, 0, 65_535), at + 16);
  bytes.writeInt16LE(within(sample.climbMps * 100, -32_768, 32_767), at + 18);
  bytes.writeInt16LE(within(sample.rollRad * MILLIRAD, -32_768, 32_767), at + 20);
  bytes.writeInt16LE(within(sample.pitchRad * MILLIRAD, -32_768, 32_767), at + 22);
  const yaw = ((sample.yawRad % FULL_TURN) + FULL_TURN) % FULL_TURN;
  bytes.writeUInt16LE(within(yaw * MILLIRAD, 0, 65_535), at + 24);
  bytes.writeUInt16LE(within(sample.batteryPct * 100, 0, 10_000), at + 26);
  bytes.writeUInt16LE(within(sample.missionSeq, 0, 65_535), at + 28);
  bytes.writeUInt16LE(sample.gpsOk ? 1 : 0, at + 30);
}

function readSample(bytes: Buffer, at: number): FlightSample {
  return {
    lat: bytes.readInt32LE(at),
    lon: bytes.readInt32LE(at + 4),
    altitudeAmslM: bytes.readInt32LE(at + 8) / 100,
    relativeAltitudeM: bytes.readInt32LE(at + 12) / 100,
    groundSpeedMps: bytes.readUInt16LE(at + 16) / 100,
    climbMps: bytes.readInt16LE(at + 18) / 100,
    rollRad: bytes.readInt16LE(at + 20) / MILLIRAD,
    pitchRad: bytes.readInt16LE(at + 22) / MILLIRAD,
    yawRad: bytes.readUInt16LE(at + 24) / MILLIRAD,
    batteryPct: bytes.readUInt16LE(at + 26) / 100,
    missionSeq: bytes.readUInt16LE(at + 28),
    gpsOk: bytes.readUInt16LE(at + 30) === 1,
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(value)));
}
