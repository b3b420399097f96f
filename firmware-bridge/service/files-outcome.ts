import type { FtpEntry } from '../protocol/ftp-list.ts';
import type { FtpFailure } from './files-client.ts';

/** How work on files on board ends. Only `done` is success. */
export interface FileProgress {
  readonly bytesDone: number;
  /** As announced, which for virtual files is fiction; null: not told. */
  readonly bytesTotal: number | null;
}

/** `still-written`: the vehicle goes on writing this file, its checksum is already one of more bytes. */
export type CrcVerdict = 'verified' | 'not-offered' | 'still-written';

export type FileFailure =
  | FtpFailure
  /** What came is not what the vehicle holds; nothing of it is kept. */
  | { readonly kind: 'corrupt'; readonly expectedCrc32: number; readonly foundCrc32: number }
  /** Our own disk. */
  | { readonly kind: 'write-failed'; readonly message: string }
  | { readonly kind: 'local-exists'; readonly localPath: string };

export type FileListOutcome = { readonly kind: 'done'; readonly entries: readonly FtpEntry[] } | FileFailure;
export type FileReadOutcome =
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array;
      readonly sha256: string;
      readonly crc: CrcVerdict;
    }
  | FileFailure;
export type FileReadToOutcome =
  | {
      readonly kind: 'done';
      readonly localPath: string;
      readonly sizeBytes: number;
      readonly sha256: string;
      readonly crc: CrcVerdict;
      /** Bytes that an earlier, interrupted try had brought. */
      readonly resumedBytes: number;
    }
  | FileFailure;
export type FileWriteOutcome =
  | { readonly kind: 'done'; readonly sizeBytes: number; readonly crc: CrcVerdict }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'no-space'; readonly writtenBytes: number }
  | FileFailure;
export type FileCrcOutcome =
  | { readonly kind: 'done'; readonly crc32: number }
  | { readonly kind: 'not-offered' }
  | FileFailure;
export type FileChangeOutcome =
  | { readonly kind: 'done'; readonly confirmedBy: string }
  | { readonly kind: 'not-allowed'; readonly why: string }
  | { readonly kind: 'not-confirmed'; readonly expected: string; readonly observed: string }
  | FileFailure;
