import type { Frame } from '../codec/framer.ts';

/** What a link asks about each frame. Absent: everything that the framer delivers is good. */
export interface FrameGuard {
  /** Only `ok` is delivered. `endpoint` is where it came from. */
  judge(frame: Frame, endpoint: string): FrameVerdict;
  /**
   * What leaves instead of `raw`: signed, or as it is. Several: receivers at that endpoint hold different keys and
   * the frame is for all of them.
   */
  seal(raw: Buffer, endpoint: string, targetSystem: number | null): readonly Buffer[];
  /** Frames that were not delivered, by reason. */
  readonly refused: RefusedCounters;
}

export type FrameVerdict = 'ok' | 'unsigned' | 'bad-signature' | 'replayed';

export interface RefusedCounters {
  readonly unsigned: number;
  readonly badSignature: number;
  readonly replayed: number;
}
