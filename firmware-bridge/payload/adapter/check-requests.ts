import type { CommandOutcome } from '../../model.ts';
import { strobeProblem } from '../actuator/actuator-service.ts';
import type {
  Announced,
  LoudspeakerCapabilities,
  PlayRequest,
  SayRequest,
  SpotlightCapabilities,
  Strobe,
} from './adapter.ts';

/** What is refused before any device is asked. Null: nothing. Pure. */
const MAX_PURPOSE_LENGTH = 500;
const KEY = /^[\w-]{8,128}$/;

export function checkSay(request: SayRequest, capabilities: LoudspeakerCapabilities): CommandOutcome | null {
  if (!capabilities.canSay) return { kind: 'unsupported', what: 'speaking a text' };
  if (!capabilities.languages.includes(request.language)) {
    return { kind: 'unsupported', what: `language ${request.language}` };
  }
  if (request.voice !== null && !capabilities.voices.includes(request.voice)) {
    return { kind: 'unsupported', what: `voice ${request.voice}` };
  }
  const length = [...request.text].length;
  if (request.text.trim() === '') return refused('EMPTY', 'there is no text');
  if (length > capabilities.maxTextLength) {
    return refused(
      'TOO_LONG',
      `the text has ${length} characters; the device takes ${capabilities.maxTextLength}`,
    );
  }
  return checkAnnounced(request);
}

export function checkPlay(
  request: PlayRequest,
  capabilities: LoudspeakerCapabilities,
): CommandOutcome | null {
  if (!capabilities.clipIds.includes(request.clipId)) {
    return { kind: 'unsupported', what: `clip ${request.clipId}` };
  }
  return checkAnnounced(request);
}

export function checkVolume(volumePct: number, capabilities: LoudspeakerCapabilities): CommandOutcome | null {
  if (!capabilities.hasVolume) return { kind: 'unsupported', what: 'volume' };
  return checkPercent('volume', volumePct);
}

export function checkBrightness(
  brightnessPct: number | null,
  capabilities: SpotlightCapabilities,
): CommandOutcome | null {
  if (brightnessPct === null) return null;
  if (!capabilities.hasBrightness) return { kind: 'unsupported', what: 'brightness' };
  return checkPercent('brightness', brightnessPct);
}

export function checkStrobe(
  strobe: Strobe | null,
  capabilities: SpotlightCapabilities,
): CommandOutcome | null {
  if (strobe === null) return null;
  if (!capabilities.canStrobe) return { kind: 'unsupported', what: 'strobe' };
  const problem = strobeProblem(strobe);
  return problem === null ? null : refused('OUT_OF_RANGE', problem);
}

export function refused(result: string, reason: string): CommandOutcome {
  return { kind: 'denied', result, reasons: [reason] };
}

function checkPercent(what: string, value: number): CommandOutcome | null {
  if (value >= 0 && value <= 100) return null;
  return refused('OUT_OF_RANGE', `${what} ${value} % is outside 0–100 %`);
}

function checkAnnounced({ purpose, idempotencyKey }: Announced): CommandOutcome | null {
  if (purpose.trim() === '') return refused('NO_PURPOSE', 'an announcement needs a purpose');
  if (purpose.length > MAX_PURPOSE_LENGTH) {
    return refused('TOO_LONG', `the purpose has more than ${MAX_PURPOSE_LENGTH} characters`);
  }
  return KEY.test(idempotencyKey)
    ? null
    : refused('NO_KEY', 'the idempotency key is not 8–128 letters or digits');
}
