/**
 * What should not occur in a correct setup: a stable code, a sentence that an operator understands, structured
 * details. What the field can answer is a value (CommandOutcome, MissionOutcome, LinkProblem), never this.
 */
export class BridgeError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BridgeError';
    this.code = code;
    this.details = details;
  }
}
