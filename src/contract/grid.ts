import { type Static, Type } from 'typebox';
import { Details, Finding, Nullable, Strict } from './common.ts';

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
  Type.Object({
    cellId: Nullable(Type.String()),
    /** Counted within `file`. */
    featureIndex: Nullable(Type.Integer()),
    /** Which of the files (or the part of an archive); null: all of them together. */
    file: Nullable(Type.String()),
  }),
]);
export type GridFinding = Static<typeof GridFinding>;

/** A remark that asks for nothing. */
export const GridRemark = Strict({
  code: Type.String(),
  file: Nullable(Type.String()),
  message: Type.String({ description: 'Plain English sentence' }),
  details: Details,
});
export type GridRemark = Static<typeof GridRemark>;

/** How one file was read. */
export const GridSourceView = Strict({
  file: Type.String(),
  format: Type.String({ description: 'geojson, kml or shapefile' }),
  crs: Type.String(),
  encoding: Type.String(),
  features: Type.Integer(),
});
export type GridSourceView = Static<typeof GridSourceView>;

export const ImportReport = Strict({
  imported: Type.Boolean({ description: 'False when errors kept the file out; the old grid then stays.' }),
  revision: Nullable(Type.Integer()),
  cellCounts: Strict({ level1: Type.Integer(), level2: Type.Integer(), level3: Type.Integer() }),
  findings: Type.Array(GridFinding),
  notes: Type.Array(GridRemark),
  sources: Type.Array(GridSourceView),
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
