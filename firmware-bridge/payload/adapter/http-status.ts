import { tidyText } from '../text.ts';
import type { LoudspeakerStatus, SpotlightStatus } from './adapter.ts';

/**
 * Status bodies of docs/payload-http.md, from `unknown`. A field that is absent or null is not told; one of the
 * wrong type, or out of range, makes the whole body unreadable: half a truth is none. Fields that we do not know
 * are a newer device's business.
 */
const FAULT_LENGTH = 200;
const KEY_LENGTH = 128;

export function loudspeakerStatusFrom(body: unknown): LoudspeakerStatus | null {
  const fields = recordOf(body);
  if (fields === null) return null;
  const state = fields.state;
  const remainingS = numberIn(fields.remainingS, 0, 86_400);
  const volumePct = numberIn(fields.volumePct, 0, 100);
  const fault = textIn(fields.fault, FAULT_LENGTH);
  const lastKey = textIn(fields.lastKey, KEY_LENGTH);
  if (state !== 'idle' && state !== 'playing' && state !== 'fault') return null;
  if (remainingS === undefined || volumePct === undefined || fault === undefined || lastKey === undefined)
    return null;
  return { state, remainingS, volumePct, fault, lastKey };
}

export function spotlightStatusFrom(body: unknown): SpotlightStatus | null {
  const fields = recordOf(body);
  if (fields === null) return null;
  const state = fields.state;
  const brightnessPct = numberIn(fields.brightnessPct, 0, 100);
  const fault = textIn(fields.fault, FAULT_LENGTH);
  const strobing = fields.strobing ?? false;
  if (state !== 'off' && state !== 'on' && state !== 'fault') return null;
  if (brightnessPct === undefined || fault === undefined || typeof strobing !== 'boolean') return null;
  return { state, brightnessPct, strobing, fault };
}

function recordOf(body: unknown): Readonly<Record<string, unknown>> | null {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Readonly<Record<string, unknown>>)
    : null;
}

/** Undefined: wrong. */
function numberIn(value: unknown, min: number, max: number): number | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

function textIn(value: unknown, maxLength: number): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? tidyText(value, maxLength) : undefined;
}
