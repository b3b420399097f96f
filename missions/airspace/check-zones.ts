import type { AirspaceZone, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { geometryFault } from './geometry-fault.ts';

const KINDS: readonly string[] = ['no-fly', 'altitude', 'privacy'];
const DATUMS: readonly string[] = ['above-home', 'amsl', 'above-terrain'];
/** Heights beyond these are slips of typing (feet, millimetres, Flight Levels), not airspace of a city. */
const LEAST_HEIGHT_M = -500;
const MOST_HEIGHT_M = 30_000;

/**
 * What is wrong with a set of zones, one issue per fault. A zone that cannot be understood is an error for the whole
 * set: left out, it would be flown through.
 */
export function checkZones(zones: readonly AirspaceZone[]): PlanIssue[] {
  const issues: PlanIssue[] = [];
  const seen = new Set<string>();
  for (const zone of zones) {
    for (const { field, reason } of faultsOf(zone)) {
      issues.push(
        planIssue(
          'airspace.bad-zone',
          `The zone ${nameOf(zone)} cannot be used: ${field} ${reason}. Correct it or delete the zone.`,
          { zoneId: textOf(zone.zoneId), field, reason },
        ),
      );
    }
    if (seen.has(zone.zoneId)) {
      issues.push(
        planIssue(
          'airspace.duplicate-zone',
          `Two zones are called ${textOf(zone.zoneId)}; give each its own identifier.`,
          { zoneId: textOf(zone.zoneId) },
        ),
      );
    }
    seen.add(zone.zoneId);
    if (zone.kind === 'altitude' && zone.floorM === null && zone.ceilingM === null) {
      issues.push(
        planIssue(
          'airspace.zone-without-effect',
          `The altitude zone ${nameOf(zone)} names neither a lowest nor a highest height, so it changes nothing.`,
          { zoneId: textOf(zone.zoneId) },
        ),
      );
    }
  }
  return issues;
}

/** How a person knows a zone: its name, or its identifier when it has none. */
export function nameOf(zone: AirspaceZone): string {
  return textOf(zone.name || zone.zoneId);
}

/** Zones come from files and people: an object where a word belongs may not even be turned into text (`toString` false). */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? typeof value;
}

function faultsOf(zone: AirspaceZone): { field: string; reason: string }[] {
  const faults: { field: string; reason: string }[] = [];
  const say = (field: string, reason: string): void => {
    faults.push({ field, reason });
  };
  if (typeof zone.zoneId !== 'string' || zone.zoneId === '') say('zoneId', 'is empty');
  if (!KINDS.includes(zone.kind)) say('kind', `is "${textOf(zone.kind)}"; known are ${KINDS.join(', ')}`);
  if (!DATUMS.includes(zone.datum))
    say('datum', `is "${textOf(zone.datum)}"; known are ${DATUMS.join(', ')}`);
  for (const field of ['floorM', 'ceilingM'] as const) {
    const value = zone[field];
    if (value === null) continue;
    if (!Number.isFinite(value) || value < LEAST_HEIGHT_M || value > MOST_HEIGHT_M) {
      say(field, `is ${textOf(value)}; it must be ${LEAST_HEIGHT_M} to ${MOST_HEIGHT_M} m`);
    }
  }
  if (
    Number.isFinite(zone.floorM) &&
    Number.isFinite(zone.ceilingM) &&
    Number(zone.ceilingM) <= Number(zone.floorM)
  ) {
    say('ceilingM', `(${zone.ceilingM} m) is not above floorM (${zone.floorM} m)`);
  }
  for (const field of ['activeFromMs', 'activeToMs'] as const) {
    const value = zone[field];
    if (value !== null && !Number.isFinite(value)) say(field, `is ${textOf(value)}, not a time`);
  }
  const { activeFromMs: from, activeToMs: to } = zone;
  if (Number.isFinite(from) && Number.isFinite(to) && Number(to) < Number(from)) {
    say('activeToMs', 'is before activeFromMs');
  }
  const shape = geometryFault(zone.geometry);
  if (shape !== null) say('geometry', shape);
  return faults;
}
