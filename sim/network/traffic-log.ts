import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { SimError } from '../errors.ts';
import type { VehicleNetwork } from './vehicle-network.ts';

/** What is in a log. */
export interface TrafficLogSummary {
  readonly frames: number;
  /** Of the log, time stamps included. */
  readonly bytes: number;
  readonly sha256: string;
}

const CHUNK_BYTES = 64 * 1024;
const STAMP_BYTES = 8;
/** Largest frame of MAVLink 2, signed. */
const MOST_FRAME_BYTES = 280;
const TWO_TO_32 = 2 ** 32;

/**
 * All traffic of a fleet in tlog format (8 bytes big-endian microseconds since 1970, then the raw frame): what arrived,
 * both ways. Damaged frames and noise are not in it, as no reader could tell where they end.
 * Load: every frame of every aircraft; one buffer, written in pieces of 64 KB.
 */
export class TrafficLog {
  readonly #nowUs: () => number;
  readonly #hash: Hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  readonly #onProblem: (problem: Error) => void;
  #file: number | null;
  #used = 0;
  #frames = 0;
  #bytes = 0;
  #summary: TrafficLogSummary | null = null;

  /**
   * @param nowUs microseconds since 1970
   * @param path overwritten; null: counted and hashed only
   * @throws SimError `sim.bad-option` when the file cannot be made
   */
  constructor(nowUs: () => number, path: string | null, onProblem: (problem: Error) => void) {
    this.#nowUs = nowUs;
    this.#onProblem = onProblem;
    try {
      this.#file = path === null ? null : openSync(path, 'w');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SimError('sim.bad-option', `the tlog ${path} cannot be written: ${reason}`, {}, cause);
    }
  }

  /** Logs what arrives through this network from now on. @returns what ends it */
  watch(network: VehicleNetwork): () => void {
    const untap = [network.up, network.down].map((line) => {
      const framer = new Framer();
      return line.tap((bytes, _nowMs, medium) => {
        const frames = medium === 'datagram' ? framer.pushDatagram(bytes) : framer.push(bytes);
        // An unknown id cannot be checked, so a damaged frame may pass as one; aircraft of ours send known ones only.
        for (const frame of frames) if (frame.known) this.#append(frame.raw);
      });
    });
    return () => {
      for (const end of untap) end();
    };
  }

  /** Idempotent. */
  close(): TrafficLogSummary {
    if (this.#summary !== null) return this.#summary;
    this.#flush();
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#summary = { frames: this.#frames, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
    return this.#summary;
  }

  #append(raw: Buffer): void {
    if (this.#summary !== null) return;
    if (this.#used + STAMP_BYTES + MOST_FRAME_BYTES > CHUNK_BYTES) this.#flush();
    const atUs = Math.round(this.#nowUs());
    this.#buffer.writeUInt32BE(Math.floor(atUs / TWO_TO_32), this.#used);
    this.#buffer.writeUInt32BE(atUs % TWO_TO_32, this.#used + 4);
    this.#used += STAMP_BYTES + raw.copy(this.#buffer, this.#used + STAMP_BYTES);
    this.#frames += 1;
  }

  /** A full disk ends the file, not the flying; frames, bytes and hash stay those of the traffic. */
  #flush(): void {
    const piece = this.#buffer.subarray(0, this.#used);
    this.#hash.update(piece);
    this.#bytes += piece.length;
    this.#used = 0;
    if (this.#file === null) return;
    try {
      for (let at = 0; at < piece.length; ) at += writeSync(this.#file, piece, at);
    } catch (problem) {
      closeSync(this.#file);
      this.#file = null;
      this.#onProblem(problem instanceof Error ? problem : new Error(String(problem)));
    }
  }
}
