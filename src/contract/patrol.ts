import { type Static, Type } from 'typebox';
import { Details, Finding, LonLatPair, Nullable, Strict } from './common.ts';
import { Purpose } from './purpose.ts';

export const PreviewBody = Strict({
  cellId: Type.String({ minLength: 1, maxLength: 128 }),
  /** Height of the lowest layer above home; default from the configuration. */
  relativeAltitudeM: Type.Optional(Type.Number({ minimum: 20, maximum: 120 })),
  /** Restrict the choice of drones; default: all that are ready. */
  vehicleIds: Type.Optional(Type.Array(Type.String(), { maxItems: 50 })),
});
export type PreviewBody = Static<typeof PreviewBody>;

/** What a planned flight is, before and after its launch. */
const plannedFlight = {
  vehicleId: Type.String(),
  vehicleName: Type.String(),
  relativeAltitudeM: Type.Number(),
  /** The whole flight from home over the cell and back. */
  route: Type.Array(LonLatPair),
  /** The covering part alone. */
  coverage: Type.Array(LonLatPair),
  lengthM: Type.Number(),
  durationS: Type.Number(),
  batteryNeedPct: Type.Number(),
};

export const SortiePreview = Strict({
  ...plannedFlight,
  batteryNowPct: Nullable(Type.Number()),
  distanceToCellM: Type.Number(),
  itemCount: Type.Integer(),
});
export type SortiePreview = Static<typeof SortiePreview>;

export const PatrolPreview = Strict({
  previewId: Type.String(),
  cellId: Type.String(),
  swathWidthM: Type.Number(),
  areaM2: Type.Number(),
  /** From the independent checker, 0–100. */
  coveragePct: Type.Number(),
  sorties: Type.Array(SortiePreview),
  /** Any of severity `error` blocks the launch. */
  findings: Type.Array(Finding),
  launchable: Type.Boolean(),
  /** Epoch ms after which the preview must be made again. */
  validUntilMs: Type.Integer(),
});
export type PatrolPreview = Static<typeof PatrolPreview>;

export const LaunchBody = Strict({
  previewId: Type.String({ minLength: 1, maxLength: 64 }),
  purpose: Purpose,
  /** Why, in the operator's words; kept with the flight. */
  note: Type.Optional(Type.String({ maxLength: 500 })),
  orderNumber: Type.Optional(Type.String({ maxLength: 64 })),
});
export type LaunchBody = Static<typeof LaunchBody>;

export const StepName = Type.Union([
  Type.Literal('upload'),
  Type.Literal('read-back'),
  Type.Literal('prepare'),
  Type.Literal('arm'),
  Type.Literal('take-off'),
  Type.Literal('start-mission'),
  Type.Literal('cover'),
  Type.Literal('return'),
  Type.Literal('land'),
]);
export type StepName = Static<typeof StepName>;

export const SortieStep = Strict({
  step: StepName,
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('skipped'),
  ]),
  atMs: Nullable(Type.Integer()),
  itemsDone: Type.Optional(Type.Integer()),
  itemsTotal: Type.Optional(Type.Integer()),
});
export type SortieStep = Static<typeof SortieStep>;

export const SortieState = Type.Union([
  Type.Literal('preparing'),
  Type.Literal('launching'),
  Type.Literal('on-patrol'),
  Type.Literal('held'),
  Type.Literal('returning'),
  Type.Literal('landing'),
  Type.Literal('done'),
  Type.Literal('partly-done'),
  Type.Literal('failed'),
]);
export type SortieState = Static<typeof SortieState>;

/** An aircraft that was taken off its patrol and sent to a place; `resume` takes the patrol up where it was left. */
export const Diversion = Strict({
  to: LonLatPair,
  relativeAltitudeM: Type.Number(),
  purpose: Purpose,
  note: Type.String(),
  orderNumber: Nullable(Type.String()),
  orderedBy: Type.String(),
  atMs: Type.Integer(),
  arrived: Type.Boolean(),
  /** Where the patrol was left, and the item that it was flying to; null: it did not report them. */
  leftAt: Nullable(LonLatPair),
  leftItem: Nullable(Type.Integer()),
});
export type Diversion = Static<typeof Diversion>;

export const SortieView = Strict({
  ...plannedFlight,
  sortieId: Type.String(),
  patrolId: Type.String(),
  state: SortieState,
  steps: Type.Array(SortieStep),
  /** Share of the covering part that was flown, 0–100. */
  progressPct: Type.Number(),
  /** While it is `held` because it was sent elsewhere. */
  diversion: Type.Optional(Nullable(Diversion)),
  flightId: Nullable(Type.String()),
  failure: Nullable(
    Strict({
      code: Type.String(),
      message: Type.String(),
      details: Details,
      reasons: Type.Array(Type.String()),
    }),
  ),
});
export type SortieView = Static<typeof SortieView>;

export const PatrolState = Type.Union([
  Type.Literal('running'),
  Type.Literal('done'),
  Type.Literal('partly-done'),
  Type.Literal('failed'),
]);
export type PatrolState = Static<typeof PatrolState>;

export const PatrolView = Strict({
  patrolId: Type.String(),
  cellId: Type.String(),
  cellName: Type.String(),
  cellNameEn: Nullable(Type.String()),
  purpose: Purpose,
  note: Nullable(Type.String()),
  orderNumber: Nullable(Type.String()),
  createdBy: Type.String(),
  createdAtMs: Type.Integer(),
  endedAtMs: Nullable(Type.Integer()),
  state: PatrolState,
  sorties: Type.Array(SortieView),
});
export type PatrolView = Static<typeof PatrolView>;

export const PatrolList = Strict({ patrols: Type.Array(PatrolView) });
export type PatrolList = Static<typeof PatrolList>;
