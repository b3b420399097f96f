import type { FtpFailure } from './files-client.ts';
import type { CrcVerdict, FileFailure } from './files-outcome.ts';
import type { OnboardLog } from './logs-catalogue.ts';

/** How work on logs on board ends. Only `done` is success. */
export type LogListingOutcome =
  | { readonly kind: 'done'; readonly logs: readonly OnboardLog[]; readonly via: 'files' | 'messages' }
  | { readonly kind: 'denied'; readonly result: string; readonly reasons: readonly string[] }
  | FtpFailure;

export type LogDownloadOutcome =
  | {
      readonly kind: 'done';
      readonly localPath: string;
      readonly sizeBytes: number;
      /** Hex, of the file as it is on our disk. */
      readonly sha256: string;
      readonly crc: CrcVerdict;
      readonly via: 'files' | 'messages';
      readonly resumedBytes: number;
    }
  | { readonly kind: 'denied'; readonly result: string; readonly reasons: readonly string[] }
  | FileFailure;

export type LogEraseOutcome =
  | { readonly kind: 'done'; readonly before: number; readonly after: number }
  | { readonly kind: 'not-allowed'; readonly why: string }
  | { readonly kind: 'not-confirmed'; readonly expected: string; readonly observed: string }
  | { readonly kind: 'denied'; readonly result: string; readonly reasons: readonly string[] }
  | FtpFailure;
