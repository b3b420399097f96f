import { type MissionCurrent, type MissionItemReached, MissionState } from '../codec/messages.ts';
import { homeSlots, type PlanWatch, type Telemetry, withSnapshot } from './telemetry.ts';

/** Mission progress, counted in the plan's own items (ArduPilot's home slot taken off). */

/** PX4: no mission on board. */
const EMPTY_TOTAL = 65_535;
/** One report may have left the vehicle before the upload ended; two in a row are another mission. */
const MISMATCHES_TO_FORGET = 2;

export function reduceMissionCurrent(telemetry: Telemetry, message: MissionCurrent, atMs: number): Telemetry {
  const { snapshot } = telemetry;
  const itemCount = itemCountOf(message);
  const planWatch = watch(telemetry.planWatch, itemCount, message.missionId);
  const forget = planWatch !== null && planWatch.mismatches >= MISMATCHES_TO_FORGET;
  return {
    ...withSnapshot(telemetry, {
      mission: {
        currentIndex: message.seq - homeSlots(snapshot.autopilot),
        reachedIndex: snapshot.mission?.reachedIndex ?? null,
        itemCount: itemCount ?? snapshot.mission?.itemCount ?? null,
        verifiedPlanHash: forget ? null : (snapshot.mission?.verifiedPlanHash ?? null),
        receivedAtMs: atMs,
      },
    }),
    planWatch: forget ? null : planWatch,
  };
}

/** Both autopilots count without the home slot. Older firmware does not know the field: 0, and no state. */
function itemCountOf(message: MissionCurrent): number | null {
  if (message.total === EMPTY_TOTAL) return 0;
  if (message.total === 0 && message.missionState === MissionState.UNKNOWN) return null;
  return message.total;
}

function watch(before: PlanWatch | null, itemCount: number | null, missionId: number): PlanWatch | null {
  if (before === null) return null;
  const otherCount = itemCount !== null && itemCount !== before.itemCount;
  const otherId = before.missionId !== null && missionId !== 0 && missionId !== before.missionId;
  if (otherCount || otherId) return { ...before, mismatches: before.mismatches + 1 };
  return { ...before, missionId: before.missionId ?? (missionId === 0 ? null : missionId), mismatches: 0 };
}

/** PX4 repeats the last one every second; who listens compares with what was known. */
export function reduceMissionReached(
  telemetry: Telemetry,
  message: MissionItemReached,
  atMs: number,
): Telemetry {
  const { mission, autopilot } = telemetry.snapshot;
  const reachedIndex = message.seq - homeSlots(autopilot);
  if (reachedIndex < 0) return telemetry;
  return withSnapshot(telemetry, {
    mission: {
      currentIndex: mission?.currentIndex ?? reachedIndex,
      reachedIndex,
      itemCount: mission?.itemCount ?? null,
      verifiedPlanHash: mission?.verifiedPlanHash ?? null,
      receivedAtMs: atMs,
    },
  });
}

/** After a read-back that was equal; `hash` null: what the vehicle holds is unknown. */
export function withVerifiedPlan(
  telemetry: Telemetry,
  plan: { readonly hash: string; readonly itemCount: number } | null,
  atMs: number,
): Telemetry {
  const { mission } = telemetry.snapshot;
  if (plan === null && (mission === null || mission.verifiedPlanHash === null)) return telemetry;
  return {
    ...withSnapshot(telemetry, {
      mission: {
        currentIndex: mission?.currentIndex ?? -1,
        reachedIndex: plan === null ? (mission?.reachedIndex ?? null) : null,
        itemCount: plan?.itemCount ?? mission?.itemCount ?? null,
        verifiedPlanHash: plan?.hash ?? null,
        receivedAtMs: atMs,
      },
    }),
    planWatch: plan === null ? null : { itemCount: plan.itemCount, missionId: null, mismatches: 0 },
  };
}
