import type { Scenario } from './schema.ts';
import type { AutopilotName } from './schema-parts.ts';

export type Suitability =
  | { readonly kind: 'skipped'; readonly reason: string }
  /** `leftOut`: a line for each step that is not played, and why. */
  | { readonly kind: 'flown'; readonly scenario: Scenario; readonly leftOut: readonly string[] };

/**
 * What of a file this autopilot flies: all of it, nothing, or all but the steps that its simulation cannot do.
 * @param autopilot null: simulated aircraft, which can do everything
 */
export function forAutopilot(scenario: Scenario, autopilot: AutopilotName | null): Suitability {
  if (autopilot === null) return { kind: 'flown', scenario, leftOut: [] };
  const reason = scenario.simulatedOnly ?? scenario.notOn?.[autopilot];
  if (reason !== undefined) return { kind: 'skipped', reason };
  const leftOut = scenario.steps.flatMap(({ step, line }) => {
    const why = step.notOn?.[autopilot];
    return why === undefined ? [] : [`line ${line}, ${step.do}, is left out: ${why}`];
  });
  const steps = scenario.steps.filter(({ step }) => step.notOn?.[autopilot] === undefined);
  return { kind: 'flown', scenario: { ...scenario, steps }, leftOut };
}
