import type { FtpRefusal } from './ftp-packet.ts';
import type { Ranges } from './ftp-ranges.ts';

/** What reading a file is asked, and from where it goes on. */
export interface FtpReadOptions {
  readonly path: Uint8Array;
  readonly firstSeq: number;
  /** 1–254; ArduPilot takes it, PX4 answers with its own. */
  readonly session: number;
  readonly chunkBytes: number;
  /** Already there, from an earlier try; multiples of the chunk size. */
  readonly have: Ranges;
  /** Read no further: a log that is still being written has no end. Null: to the end of the file. */
  readonly limitBytes: number | null;
}

export type FtpReadOutcome =
  | { readonly kind: 'read'; readonly sizeBytes: number; readonly announcedBytes: number | null }
  | { readonly kind: 'refused'; readonly refusal: FtpRefusal }
  /** It became shorter while it was read. */
  | { readonly kind: 'changed'; readonly sizeBytes: number }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export type FtpReadProgress =
  | { readonly kind: 'opened'; readonly announcedBytes: number | null }
  | {
      readonly kind: 'chunk';
      readonly offset: number;
      readonly bytes: Uint8Array;
      /** Bytes of the file that are there now. */
      readonly doneBytes: number;
      readonly have: Ranges;
    };

export interface Question {
  readonly seq: number;
  readonly offset: number;
}

export interface OpenRead extends Question {
  /** Later questions that were answered before it. */
  readonly overtaken: number;
}

export interface FtpReadState {
  readonly phase: 'opening' | 'bursting' | 'filling' | 'closing';
  /** Highest number sent or, in a burst, received. */
  readonly seq: number;
  readonly session: number;
  readonly announcedBytes: number | null;
  readonly have: Ranges;
  readonly candidateEnd: number | null;
  readonly burst: Question | null;
  readonly burstOffered: boolean;
  /** Single reads that are out, oldest first. */
  readonly reads: readonly OpenRead[];
  readonly refusedSinceMs: number | null;
  readonly reopens: number;
  readonly closeTries: number;
  readonly progressAtMs: number;
}
