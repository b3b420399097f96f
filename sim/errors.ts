export type SimErrorCode =
  | 'sim.bad-option'
  | 'sim.homes-file'
  | 'sim.port-busy'
  | 'sim.host-unknown'
  | 'sim.no-aircraft'
  | 'sim.script-file'
  | 'sim.script-invalid'
  | 'sim.socat-missing'
  | 'sim.pty-failed'
  | 'sim.no-udp';

/** Something that the person who started the simulator can put right. The message says what and how. */
export class SimError extends Error {
  readonly code: SimErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: SimErrorCode,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SimError';
    this.code = code;
    this.details = details;
  }
}
