import type { MultiPolygon, Polygon } from 'geojson';
import { type Static, Type } from 'typebox';
import { Finding, LonLatPair, Nullable, Strict } from './common.ts';

/**
 * `no-fly`: nobody flies inside between the two heights; `altitude`: inside, flight is allowed only between them;
 * `privacy`: may be flown over, but not looked at.
 */
export const ZoneKind = Type.Union([
  Type.Literal('no-fly'),
  Type.Literal('altitude'),
  Type.Literal('privacy'),
]);
export type ZoneKind = Static<typeof ZoneKind>;

/** What the heights of a zone are counted from. */
export const ZoneDatum = Type.Union([
  Type.Literal('above-home'),
  Type.Literal('amsl'),
  Type.Literal('above-terrain'),
]);
export type ZoneDatum = Static<typeof ZoneDatum>;

/** Its coordinates are checked by the airspace room, which can say what is wrong with them; a schema cannot. */
const ZoneGeometry = Type.Unsafe<Polygon | MultiPolygon>({
  type: 'object',
  required: ['type', 'coordinates'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', enum: ['Polygon', 'MultiPolygon'] },
    coordinates: { type: 'array', items: {} },
  },
  description: 'GeoJSON Polygon or MultiPolygon, WGS-84, holes allowed, rings closed',
});

/** As one type list: in a union of schemas Fastify's validator would turn null into 0, and a zone without a ceiling into one without height. */
const HeightM = Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: -500, maximum: 30_000 });
const EpochMs = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 0,
  maximum: 8_640_000_000_000_000,
});

/** POST /api/v1/airspace/zones and PUT /api/v1/airspace/zones/:zoneId: the whole zone. */
export const ZoneBody = Strict({
  kind: ZoneKind,
  name: Type.String({ minLength: 1, maxLength: 120 }),
  nameEn: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 120 })),
  geometry: ZoneGeometry,
  /** Null or left out: from the ground up. */
  floorM: Type.Optional(HeightM),
  /** Null or left out: without an upper end. */
  ceilingM: Type.Optional(HeightM),
  /** Default `above-home`. */
  datum: Type.Optional(ZoneDatum),
  /** Null or left out: at once. */
  activeFromMs: Type.Optional(EpochMs),
  /** Null or left out: until it is removed. */
  activeToMs: Type.Optional(EpochMs),
  /** Why it is there; kept with every change. */
  reason: Type.String({ minLength: 1, maxLength: 500 }),
  /** An emergency no-fly zone: an operator may draw it, and it ends by itself within 24 h. */
  temporary: Type.Optional(Type.Boolean()),
});
export type ZoneBody = Static<typeof ZoneBody>;

export const ZoneView = Strict({
  zoneId: Type.String(),
  kind: ZoneKind,
  name: Type.String(),
  nameEn: Nullable(Type.String()),
  geometry: ZoneGeometry,
  floorM: Nullable(Type.Number()),
  ceilingM: Nullable(Type.Number()),
  datum: ZoneDatum,
  activeFromMs: Nullable(Type.Integer()),
  activeToMs: Nullable(Type.Integer()),
  reason: Type.String(),
  temporary: Type.Boolean(),
  createdBy: Type.String(),
  createdAtMs: Type.Integer(),
  changedBy: Type.String(),
  changedAtMs: Type.Integer(),
});
export type ZoneView = Static<typeof ZoneView>;

/** `revision` counts every change of any zone; a plan made at an older one is not launched. */
export const ZoneList = Strict({ revision: Type.Integer(), zones: Type.Array(ZoneView) });
export type ZoneList = Static<typeof ZoneList>;

export const ZoneAnswer = Strict({ revision: Type.Integer(), zone: ZoneView });
export type ZoneAnswer = Static<typeof ZoneAnswer>;

export const ZoneRemoved = Strict({ revision: Type.Integer() });
export type ZoneRemoved = Static<typeof ZoneRemoved>;

export const ZoneImportReport = Strict({
  imported: Type.Boolean({ description: 'False when errors kept the file out; nothing has changed then.' }),
  revision: Type.Integer(),
  added: Type.Array(Type.String()),
  replaced: Type.Array(Type.String()),
  findings: Type.Array(Finding),
});
export type ZoneImportReport = Static<typeof ZoneImportReport>;

/**
 * An aircraft in the air and a zone that is closed to it. `inside`: it is there now; `on-route`: its remaining way comes
 * into it; `on-return`: the straight way home from where it is does.
 */
export const ZoneConflict = Strict({
  vehicleId: Type.String(),
  vehicleName: Type.String(),
  patrolId: Nullable(Type.String()),
  zoneId: Type.String(),
  zoneName: Type.String(),
  zoneNameEn: Nullable(Type.String()),
  kind: Type.Union([Type.Literal('inside'), Type.Literal('on-route'), Type.Literal('on-return')]),
  code: Type.Union([
    Type.Literal('airspace.inside-zone'),
    Type.Literal('airspace.zone-on-route'),
    Type.Literal('airspace.zone-on-return'),
  ]),
  /** 0 when it is inside; on the way home counted as if it turned back now. */
  secondsToEntry: Type.Integer(),
  /** Along its way. */
  distanceM: Type.Integer(),
  entryAt: LonLatPair,
  sinceMs: Type.Integer(),
});
export type ZoneConflict = Static<typeof ZoneConflict>;

/** GET /api/v1/airspace/conflicts */
export const ZoneConflictList = Strict({
  revision: Type.Integer(),
  checkedAtMs: Type.Integer(),
  conflicts: Type.Array(ZoneConflict),
});
export type ZoneConflictList = Static<typeof ZoneConflictList>;

/** What changed, to be laid over the list of the revision before; whoever missed one asks for the whole list. */
export interface ZoneChange {
  readonly revision: number;
  readonly zones: readonly ZoneView[];
  readonly removedIds: readonly string[];
}
