import type { Parameter } from './parameter-codec.ts';

/** PARAM_VALUE as a vehicle sends it: in a list, as an answer, or because somebody changed it. */
export interface ReportedParameter extends Parameter {
  /** 65535: not by index (an answer to a question by name, a change). */
  readonly index: number;
  readonly count: number;
}

/** What the machines that list, read and set parameters hear. */
export type ParameterInput =
  | { readonly kind: 'value'; readonly parameter: ReportedParameter }
  /** PARAM_ERROR: MAV_PARAM_ERROR in `error`. */
  | { readonly kind: 'error'; readonly name: string; readonly error: number };
