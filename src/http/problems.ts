import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BridgeError } from '../../firmware-bridge/index.ts';
import type { Problem } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';

/** Which HTTP status an error code has. Codes by prefix, exact ones first. */
const STATUS: Readonly<Record<string, number>> = {
  'accounts.session-needed': 401,
  'accounts.sign-in-failed': 401,
  'accounts.locked': 429,
  'accounts.setup-closed': 409,
  'accounts.setup-code-wrong': 403,
  'accounts.role-needed': 403,
  'accounts.origin-refused': 403,
  'fleet.unknown-vehicle': 404,
  'grid.unknown-cell': 404,
  'patrol.unknown': 404,
  'patrol.preview-expired': 410,
  'patrol.not-launchable': 422,
  'patrol.zones-changed': 409,
  'patrol.rejoin-closed': 409,
  'airspace.unknown-zone': 404,
  'airspace.supervisor-needed': 403,
  'evidence.unknown-flight': 404,
  'evidence.no-tlog': 404,
  'evidence.bad-cursor': 400,
  'http.not-found': 404,
  'bridge.thread-gone': 503,
};

export function statusOf(code: string): number {
  const exact = STATUS[code];
  if (exact !== undefined) return exact;
  // What an aircraft is doing now forbids it; what was drawn cannot be a zone.
  if (code.startsWith('patrol.vehicle-') || code.startsWith('goto.')) return 409;
  return code.startsWith('airspace.') ? 422 : 500;
}

export function toProblem(error: AirgridError | BridgeError): Problem {
  const status = statusOf(error.code);
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
    remedy: error instanceof AirgridError ? error.remedy : null,
    details: { ...error.details },
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign-in needed',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be processed',
  429: 'Too many requests',
  500: 'Server error',
  503: 'Not available now',
};

/** The one place where an error becomes an answer. What we did not foresee is logged and told without its inside. */
export function answerWithProblem(
  error: FastifyError | AirgridError | BridgeError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const isOurs = error instanceof AirgridError || error instanceof BridgeError;
  const problem = isOurs ? toProblem(error) : foreignProblem(error);
  if (problem.status >= 500) request.log.error({ err: error }, 'A request failed');
  void reply.code(problem.status).type('application/problem+json').send(problem);
}

function foreignProblem(error: FastifyError): Problem {
  const status = error.statusCode ?? 500;
  const base = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, remedy: null, details: {} };
  if (error.validation !== undefined) {
    const first = error.validation[0];
    const place = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`;
    const extra = first?.params.additionalProperty;
    const named = typeof extra === 'string' ? ` (${extra})` : '';
    return {
      ...base,
      code: 'http.invalid-request',
      detail: `${place} ${first?.message ?? 'is not valid'}${named}`,
      details: { place },
      remedy: 'The expected form is described at /docs.',
    };
  }
  if (status === 413) {
    return { ...base, code: 'http.too-large', detail: 'The request is larger than this server takes.' };
  }
  if (status === 429) return { ...base, code: 'http.too-many-requests', detail: error.message };
  if (status < 500) return { ...base, code: 'http.bad-request', detail: error.message };
  return {
    ...base,
    code: 'http.internal',
    detail: 'Something went wrong in the server. The log has the details.',
    remedy: 'Try again; if it stays, give the time of this message to whoever runs the server.',
  };
}
