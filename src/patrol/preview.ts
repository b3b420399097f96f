import { randomBytes } from 'node:crypto';
import { distance } from '@turf/turf';
import type { VehicleState } from '../../firmware-bridge/index.ts';
import type { AircraftProfile, GridCell, PatrolRequest, SortiePlan } from '../../missions/index.ts';
import type { Finding, PatrolPreview, PreviewBody, SortiePreview } from '../contract/index.ts';
import { toPair } from './model.ts';
import type { Planner } from './planner.ts';

export interface PlanningSettings {
  readonly relativeAltitudeM: number;
  readonly maxRelativeAltitudeM: number;
  readonly layerSpacingM: number;
  readonly sideOverlapFraction: number;
  readonly previewValidMs: number;
}

/** A preview with the plan behind it, kept until it is launched or too old. */
export interface KeptPreview {
  readonly view: PatrolPreview;
  readonly sorties: readonly SortiePlan[];
}

export interface PreviewInput {
  readonly cell: GridCell;
  readonly body: PreviewBody;
  readonly candidates: readonly VehicleState[];
  /** Heights above home that aircraft in the air hold now. */
  readonly occupiedAltitudesM: readonly number[];
  readonly profile: AircraftProfile;
  readonly settings: PlanningSettings;
  readonly nameOf: (vehicleId: string) => string;
}

/** Plans a cell for the aircraft that are ready and describes the result for the operator. */
export async function makePreview(
  input: PreviewInput,
  planner: Planner,
  nowMs: number,
): Promise<KeptPreview> {
  const { plan, verdict } = await planner.plan({
    request: toRequest(input),
    autopilots: autopilotsOf(input),
  });
  const findings = [...plan.issues, ...verdict.issues].map(
    (issue): Finding => ({
      severity: issue.severity,
      code: issue.code,
      message: issue.message,
      details: { ...issue.details },
    }),
  );
  const noErrors = findings.every((finding) => finding.severity !== 'error');
  const sorties = plan.sorties.filter((sortie) => sortie.vehicleId !== null);
  const view: PatrolPreview = {
    previewId: randomBytes(12).toString('base64url'),
    cellId: input.cell.cellId,
    swathWidthM: round(plan.swathWidthM, 1),
    areaM2: Math.round(plan.areaM2),
    coveragePct: round(verdict.coverageFraction * 100, 2),
    sorties: sorties.map((sortie) => toSortiePreview(sortie, input)),
    findings,
    launchable: noErrors && verdict.ok && sorties.length > 0,
    validUntilMs: Math.round(nowMs) + input.settings.previewValidMs,
  };
  return { view, sorties };
}

/** Others than PX4 are taken for ArduPilot, whose commands every one of our missions uses. */
function autopilotsOf({ candidates }: PreviewInput): Readonly<Record<string, 'ardupilot' | 'px4'>> {
  return Object.fromEntries(
    candidates.map(({ vehicleId, autopilot }) => [vehicleId, autopilot === 'px4' ? 'px4' : 'ardupilot']),
  );
}

function toRequest({
  cell,
  body,
  candidates,
  occupiedAltitudesM,
  profile,
  settings,
}: PreviewInput): PatrolRequest {
  return {
    area: cell.geometry,
    vehicles: candidates.flatMap((state) => {
      const remainingPct = state.battery?.remainingPct;
      if (state.position === null || remainingPct === null || remainingPct === undefined) return [];
      const { lonDeg, latDeg } = state.position;
      return [
        {
          vehicleId: state.vehicleId,
          position: { lonDeg, latDeg },
          remainingFraction: remainingPct / 100,
          profile,
        },
      ];
    }),
    defaultProfile: profile,
    relativeAltitudeM: body.relativeAltitudeM ?? settings.relativeAltitudeM,
    layerSpacingM: settings.layerSpacingM,
    maxRelativeAltitudeM: settings.maxRelativeAltitudeM,
    occupiedAltitudesM,
    sideOverlapFraction: settings.sideOverlapFraction,
  };
}

function toSortiePreview(sortie: SortiePlan, { candidates, nameOf }: PreviewInput): SortiePreview {
  const vehicleId = sortie.vehicleId ?? '';
  const state = candidates.find((candidate) => candidate.vehicleId === vehicleId);
  const first = sortie.points[0];
  const distanceToCellM =
    state?.position && first
      ? distance([state.position.lonDeg, state.position.latDeg], toPair(first), { units: 'meters' })
      : 0;
  return {
    vehicleId,
    vehicleName: nameOf(vehicleId),
    relativeAltitudeM: sortie.relativeAltitudeM,
    route: sortie.route.map(toPair),
    coverage: sortie.points.map(toPair),
    lengthM: Math.round(sortie.lengthM),
    durationS: Math.round(sortie.durationS),
    batteryNeedPct: round(sortie.batteryNeedFraction * 100, 1),
    batteryNowPct: state?.battery?.remainingPct ?? null,
    distanceToCellM: Math.round(distanceToCellM),
    itemCount: sortie.plan.items.length,
  };
}

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
