import { randomBytes } from 'node:crypto';
import { distance } from '@turf/turf';
import type { VehicleState } from '../../firmware-bridge/index.ts';
import type {
  AircraftProfile,
  AirspaceZone,
  GridCell,
  PatrolRequest,
  SortiePlan,
  Wind,
} from '../../missions/index.ts';
import type { Finding, PatrolPreview, PreviewBody, SortiePreview } from '../contract/index.ts';
import { toPair } from './model.ts';
import type { PatrolJob } from './plan-worker.ts';
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
  /** Of the zones that it was planned with. */
  readonly airspaceRevision: number;
}

export interface PreviewInput {
  readonly cell: GridCell;
  readonly body: PreviewBody;
  readonly candidates: readonly VehicleState[];
  /** Heights above home that aircraft in the air hold now. */
  readonly occupiedAltitudesM: readonly number[];
  readonly profile: AircraftProfile;
  readonly settings: PlanningSettings;
  readonly airspace: {
    readonly revision: number;
    readonly inForce: (fromMs: number, untilMs: number) => AirspaceZone[];
  };
  /** As aircraft in the air report it; null: none does. */
  readonly wind: Wind | null;
  readonly nameOf: (vehicleId: string) => string;
}

/** Plans a cell for the aircraft that are ready and describes the result for the operator. */
export async function makePreview(
  input: PreviewInput,
  planner: Planner,
  nowMs: number,
): Promise<KeptPreview> {
  // Before the planning begins: a zone that changes meanwhile makes this plan an old one.
  const airspaceRevision = input.airspace.revision;
  const { plan, verdict } = await planner.plan({
    request: toRequest(input, nowMs),
    autopilots: autopilotsOf(input),
    homes: homesOf(input),
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
  return { view, sorties, airspaceRevision };
}

/** Others than PX4 are taken for ArduPilot, whose commands every one of our missions uses. */
function autopilotsOf({ candidates }: PreviewInput): Readonly<Record<string, 'ardupilot' | 'px4'>> {
  return Object.fromEntries(
    candidates.map(({ vehicleId, autopilot }) => [vehicleId, autopilot === 'px4' ? 'px4' : 'ardupilot']),
  );
}

function homesOf({ candidates }: PreviewInput): PatrolJob['homes'] {
  return Object.fromEntries(
    candidates.map(({ vehicleId, home, failsafes }) => [
      vehicleId,
      {
        elevationAmslM: home?.altitudeAmslM ?? null,
        returnHeightM: failsafes?.rtlAltitudeM ?? null,
      },
    ]),
  );
}

/** Kept from zones to the side: GNSS, gusts and a corner cut at cruise speed together. */
const ZONE_MARGIN_M = 15;
/** Kept from their heights: the barometer's drift over a flight. */
const ZONE_VERTICAL_MARGIN_M = 5;

/** The zones of the time in which the plan may be flown: from now to the last launch and an empty battery after it. */
function airspaceFor(
  { airspace, candidates, profile, settings }: PreviewInput,
  nowMs: number,
): PatrolRequest['airspace'] {
  const leastPowerW = Math.min(profile.hoverPowerW, profile.cruisePowerW);
  const enduranceMs = (profile.batteryCapacityWh / leastPowerW) * 3_600_000;
  const untilMs = nowMs + settings.previewValidMs + enduranceMs;
  const elevations = candidates.map(({ home }) => home?.altitudeAmslM ?? null);
  const known = elevations.filter((elevation) => elevation !== null);
  const lowM = Math.min(...known);
  const spreadM = Math.max(...known) - lowM;
  // One figure for all homes, as long as they stand on about the same height; else heights above sea are in doubt.
  const isOne = known.length > 0 && known.length === elevations.length && spreadM <= MOST_SPREAD_M;
  return {
    zones: airspace.inForce(nowMs, untilMs),
    marginM: ZONE_MARGIN_M,
    verticalMarginM: ZONE_VERTICAL_MARGIN_M + (isOne ? spreadM / 2 : 0),
    fromMs: nowMs,
    untilMs,
    homeElevationAmslM: isOne ? lowM + spreadM / 2 : null,
  };
}

const MOST_SPREAD_M = 30;

function toRequest(input: PreviewInput, nowMs: number): PatrolRequest {
  const { cell, body, candidates, occupiedAltitudesM, profile, settings, wind } = input;
  const airspace = airspaceFor(input, nowMs);
  return {
    ...(airspace === undefined || airspace.zones.length === 0 ? {} : { airspace }),
    ...(wind === null ? {} : { conditions: { wind, airTempC: null } }),
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
