import { type Static, Type } from 'typebox';
import { Finding, Nullable, Strict } from './common.ts';

export const GridLevel = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]);
export type GridLevel = Static<typeof GridLevel>;

export const ResponsiblePersonView = Strict({
  name: Type.String(),
  role: Type.String(),
  phone: Nullable(Type.String()),
});
export type ResponsiblePersonView = Static<typeof ResponsiblePersonView>;

/** One cell without its outline: what the tree and the search need. */
export const CellView = Strict({
  cellId: Type.String(),
  level: GridLevel,
  parentId: Nullable(Type.String()),
  name: Type.String(),
  nameEn: Nullable(Type.String()),
  areaM2: Type.Number(),
  /** [lon, lat] of a point inside the cell. */
  centroid: Type.Tuple([Type.Number(), Type.Number()]),
  responsible: Type.Array(ResponsiblePersonView),
  sample: Type.Boolean(),
});
export type CellView = Static<typeof CellView>;

export const CellList = Strict({ revision: Type.Integer(), cells: Type.Array(CellView) });
export type CellList = Static<typeof CellList>;

/** GET /api/v1/grid/outlines: a GeoJSON FeatureCollection; each feature has `properties: {cellId, level, name, nameEn}`. */
export const OutlineProperties = Strict({
  cellId: Type.String(),
  level: GridLevel,
  name: Type.String(),
  nameEn: Nullable(Type.String()),
});
export type OutlineProperties = Static<typeof OutlineProperties>;

export const GridFinding = Type.Intersect([
  Finding,
  Type.Object({ cellId: Nullable(Type.String()), featureIndex: Nullable(Type.Integer()) }),
]);
export type GridFinding = Static<typeof GridFinding>;

export const ImportReport = Strict({
  imported: Type.Boolean({ description: 'False when errors kept the file out; the old grid then stays.' }),
  revision: Nullable(Type.Integer()),
  cellCounts: Strict({ level1: Type.Integer(), level2: Type.Integer(), level3: Type.Integer() }),
  findings: Type.Array(GridFinding),
});
export type ImportReport = Static<typeof ImportReport>;

export const BaseView = Strict({
  baseId: Type.String(),
  name: Type.String(),
  nameEn: Nullable(Type.String()),
  kind: Type.Union([Type.Literal('station'), Type.Literal('room'), Type.Literal('dock')]),
  lonDeg: Type.Number(),
  latDeg: Type.Number(),
});
export type BaseView = Static<typeof BaseView>;
