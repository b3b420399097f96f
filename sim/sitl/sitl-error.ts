export type SitlErrorCode =
  | 'sitl.bad-option'
  | 'sitl.no-autopilot'
  | 'sitl.port-busy'
  | 'sitl.start-failed'
  | 'sitl.crashed'
  | 'sitl.not-ready';

/** Something that the person who started the launcher can put right: the message says what, `remedy` how. */
export class SitlError extends Error {
  readonly code: SitlErrorCode;
  /** Lines to be shown as they are; null when the message says it all. */
  readonly remedy: string | null;

  constructor(code: SitlErrorCode, message: string, remedy: string | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SitlError';
    this.code = code;
    this.remedy = remedy;
  }
}
