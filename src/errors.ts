export interface ErrorExtra {
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, string | number>>;
  /** What a person can do about it. */
  readonly remedy?: string;
}

/**
 * What should not occur, or cannot be done as asked. `code` is stable (`grid.not-geojson`) and translated by the
 * console; the message is a sentence that an operator understands. http/problems.ts maps codes to HTTP.
 */
export class AirgridError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly remedy: string | null;

  constructor(code: string, message: string, extra: ErrorExtra = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'AirgridError';
    this.code = code;
    this.details = extra.details ?? {};
    this.remedy = extra.remedy ?? null;
  }
}
