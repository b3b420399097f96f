import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { PlanIssue, SortiePlan } from '../model.ts';
import { planIssue } from '../plan-issue.ts';

export interface ItemLimits {
  readonly minRelativeAltitudeM: number;
  readonly maxRelativeAltitudeM: number;
  readonly layerSpacingM: number;
}

const RELATIVE_FRAMES: ReadonlySet<number> = new Set([
  MAV_FRAME.GLOBAL_RELATIVE_ALT,
  MAV_FRAME.GLOBAL_RELATIVE_ALT_INT,
]);

/** Checks that need no geometry: order of the items, numbers, frames, heights. `index` is the sortie's. */
export function checkItems(sortie: SortiePlan, index: number, limits: ItemLimits): PlanIssue[] {
  const { items } = sortie.plan;
  const issues: PlanIssue[] = [];
  const first = items[0];
  if (first?.command !== MAV_CMD.NAV_TAKEOFF) {
    issues.push(
      planIssue('verify.no-takeoff', `Sortie ${index + 1} does not begin with a take-off.`, {
        sortie: index,
        command: first?.command ?? -1,
      }),
    );
  }
  const last = items[items.length - 1];
  if (last?.command !== MAV_CMD.NAV_RETURN_TO_LAUNCH) {
    issues.push(
      planIssue('verify.no-return', `Sortie ${index + 1} does not end with a return to launch.`, {
        sortie: index,
        command: last?.command ?? -1,
      }),
    );
  }
  items.forEach((item, k) => {
    issues.push(...checkNumbers(item, index, k));
    if (item.command === MAV_CMD.NAV_WAYPOINT) issues.push(...checkPosition(item, index, k));
    if (item.command === MAV_CMD.NAV_WAYPOINT || item.command === MAV_CMD.NAV_TAKEOFF) {
      issues.push(...checkHeight(item, index, k, sortie.relativeAltitudeM, limits));
    }
  });
  return issues;
}

function checkNumbers(item: MissionItem, sortie: number, k: number): PlanIssue[] {
  const fields = ['frame', 'command', 'param1', 'param2', 'param3', 'param4', 'x', 'y', 'z'] as const;
  return fields
    .filter((field) => {
      const value = item[field];
      const isWhole = field === 'x' || field === 'y' || field === 'frame' || field === 'command';
      return !Number.isFinite(value) || (isWhole && !Number.isInteger(value));
    })
    .map((field) =>
      planIssue('verify.bad-item', `Item ${k} of sortie ${sortie + 1}: ${field} is ${item[field]}.`, {
        sortie,
        item: k,
        field,
      }),
    );
}

function checkPosition(item: MissionItem, sortie: number, k: number): PlanIssue[] {
  if (item.x === 0 && item.y === 0) {
    return [
      planIssue('verify.null-island', `Item ${k} of sortie ${sortie + 1} is at 0, 0.`, { sortie, item: k }),
    ];
  }
  if (Math.abs(item.x) <= 900_000_000 && Math.abs(item.y) <= 1_800_000_000) return [];
  return [
    planIssue('verify.bad-item', `Item ${k} of sortie ${sortie + 1} is not on the Earth.`, {
      sortie,
      item: k,
      field: Math.abs(item.x) > 900_000_000 ? 'x' : 'y',
    }),
  ];
}

function checkHeight(
  item: MissionItem,
  sortie: number,
  k: number,
  plannedM: number,
  limits: ItemLimits,
): PlanIssue[] {
  const issues: PlanIssue[] = [];
  if (!RELATIVE_FRAMES.has(item.frame)) {
    issues.push(
      planIssue('verify.bad-frame', `Item ${k} of sortie ${sortie + 1} is not in a frame relative to home.`, {
        sortie,
        item: k,
        frame: item.frame,
      }),
    );
  }
  if (Math.abs(item.z - plannedM) > 0.01) {
    issues.push(
      planIssue(
        'verify.altitude',
        `Item ${k} of sortie ${sortie + 1} is at ${item.z} m, planned ${plannedM} m.`,
        {
          sortie,
          item: k,
          altitudeM: item.z,
          plannedM,
        },
      ),
    );
  }
  const limitM =
    item.z > limits.maxRelativeAltitudeM ? limits.maxRelativeAltitudeM : limits.minRelativeAltitudeM;
  if (item.z > limits.maxRelativeAltitudeM + 1e-6 || item.z < limits.minRelativeAltitudeM - 1e-6) {
    issues.push(
      planIssue(
        'verify.altitude-limit',
        `Item ${k} of sortie ${sortie + 1} is at ${item.z} m; the limit is ${limitM} m.`,
        {
          sortie,
          item: k,
          altitudeM: item.z,
          limitM,
        },
      ),
    );
  }
  return issues;
}

/** Sorties flown at once must be apart in height: they cross each other's ways to and from the bases. */
export function checkLayers(sorties: readonly SortiePlan[], spacingM: number): PlanIssue[] {
  const issues: PlanIssue[] = [];
  sorties.forEach((a, i) => {
    sorties.slice(i + 1).forEach((b, k) => {
      const distanceM = Math.abs(a.relativeAltitudeM - b.relativeAltitudeM);
      if (distanceM >= spacingM - 1e-6) return;
      issues.push(
        planIssue(
          'verify.layers-too-close',
          `Sorties ${i + 1} and ${i + k + 2} fly only ${distanceM} m apart in height.`,
          { sortie: i, otherSortie: i + k + 1, distanceM },
        ),
      );
    });
  });
  return issues;
}
