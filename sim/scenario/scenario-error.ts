export type ScenarioErrorCode =
  /** The file cannot be used as it is; `problems` says where and what is allowed. */
  | 'scenario.bad-file'
  | 'scenario.bad-option'
  /** Nothing of the file was run: the server or the fleet did not start. */
  | 'scenario.no-start';

/** Something that the person who runs a scenario can put right. */
export class ScenarioError extends Error {
  readonly code: ScenarioErrorCode;
  /** One line each, e.g. `patrol.yaml:12: …`. */
  readonly problems: readonly string[];

  constructor(code: ScenarioErrorCode, message: string, problems: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ScenarioError';
    this.code = code;
    this.problems = problems;
  }
}
