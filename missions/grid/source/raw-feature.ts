import type { GridLevel } from '../../model.ts';
import type { CrsReading } from '../crs.ts';
import type { GridIssueCode, GridNoteCode } from '../issues.ts';

export type GridFormat = 'geojson' | 'kml' | 'shapefile';

/** A feature as a file gives it, GeoJSON-like and unchecked, with what its place in the file says. */
export interface RawFeature {
  /** GeoJSON Feature of whatever content. */
  readonly feature: unknown;
  /** From the folder it stands in (KML). */
  readonly folderLevel: GridLevel | null;
  readonly parentHint: string | null;
}

/** A finding while a file is read, before there are cells. `featureIndex` counts within the file. */
export interface SourceFinding {
  readonly code: GridIssueCode;
  readonly featureIndex: number | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface SourceNote {
  readonly code: GridNoteCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** One layer: the features of a file that share coordinate system and encoding. */
export interface SourceLayer {
  /** The file's name, with its archive in front: "grid.zip/micro.shp". */
  readonly file: string;
  readonly format: GridFormat;
  readonly features: readonly RawFeature[];
  /** What the file states about its coordinates; `null` when it states nothing. */
  readonly statedCrs: CrsReading | null;
  readonly sample: boolean;
  readonly encoding: string;
  readonly findings: readonly SourceFinding[];
  readonly notes: readonly SourceNote[];
}
