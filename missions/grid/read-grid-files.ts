import type { GridCell, GridIssue, GridLevel, GridReadResult } from '../model.ts';
import { checkTree } from './check-tree.ts';
import {
  type CrsReading,
  crsFromText,
  geographicCrs,
  type SourceCrs,
  toWgs84,
  WGS84,
  withDatum,
} from './crs.ts';
import { type GridNote, IssueList, WHOLE_FILE } from './issues.ts';
import { levelFromName } from './levels.ts';
import { findParents, type HintedDraft } from './parents.ts';
import { readProperties } from './properties.ts';
import { asRecord, readFeature } from './read-feature.ts';
import { checkReference, type GridReference } from './reference.ts';
import type { InputFile } from './source/archive.ts';
import { readGeoJsonSource } from './source/geojson-source.ts';
import { readKmlSource } from './source/kml-source.ts';
import type { GridFormat, SourceLayer } from './source/raw-feature.ts';
import { recognise } from './source/recognise.ts';
import { readShapefileSource } from './source/shapefile-source.ts';

export interface ReadGridFilesOptions {
  /**
   * How the coordinates are meant: `wgs84`, `cgcs2000`, `gcj02`, `bd09`, or an EPSG number such as `EPSG:4547`.
   * A datum is put on top of a projection that the file states itself. Default: what each file states, else WGS-84.
   */
  readonly crs?: string;
  /** Levels by file name (with or without its folder) for files whose cells do not say theirs. */
  readonly levels?: Readonly<Record<string, GridLevel>>;
  /** Encoding of Shapefile text, stronger than the .cpg: "UTF-8", "GBK", "936" … */
  readonly encoding?: string;
  /** What is known to be right there: a file that fits it only when shifted is warned of. */
  readonly reference?: GridReference;
  /** All archives together may unpack to this many bytes; default 256 MiB. */
  readonly maxUnpackedBytes?: number;
}

/** A finding with the file that it belongs to; `featureIndex` counts within that file. */
export interface GridFileIssue extends GridIssue {
  readonly file: string | null;
}

/** How one file (or layer of an archive) was read. */
export interface GridSource {
  readonly file: string;
  readonly format: GridFormat;
  readonly crs: string;
  readonly encoding: string;
  readonly features: number;
}

export interface GridFilesResult extends GridReadResult {
  readonly cells: readonly GridCell[];
  readonly issues: readonly GridFileIssue[];
  /** Remarks that ask for nothing. */
  readonly notes: readonly GridNote[];
  readonly sources: readonly GridSource[];
}

const DEFAULT_UNPACKED_BYTES = 256 * 1024 * 1024;

interface LayerCrs {
  readonly crs: SourceCrs;
  readonly assumed: boolean;
}

/**
 * Reads a grid from the files that people have: GeoJSON (one, or one per level), KML, KMZ, Shapefile (zipped, or its
 * files side by side), told apart by content. Never throws for bad input: what is found is an issue, by file. Cells
 * come back repaired, WGS-84, in the order of the files; cells that do not say their level get it from `levels`,
 * their KML folder or the file's name, parents from their name, folder or place.
 */
export function readGridFiles(
  files: readonly InputFile[],
  options: ReadGridFilesOptions = {},
): GridFilesResult {
  const issues = new IssueList();
  const notes: GridNote[] = [];
  if (files.length === 0) issues.add('grid.no-files', WHOLE_FILE, 'No file was handed in.');
  const layers = readLayers(files, options, issues, notes);
  const index = new FeatureIndex(issues);
  const drafts: HintedDraft[] = [];
  const firstWithId = new Map<string, number>();
  const read: { layer: SourceLayer; crs: SourceCrs; from: number; to: number }[] = [];
  const sources: GridSource[] = [];
  for (const layer of layers) {
    const from = index.open(layer.file, layer.features.length);
    for (const finding of layer.findings) {
      const featureIndex = finding.featureIndex === null ? null : from + finding.featureIndex;
      issues.add(finding.code, { cellId: null, featureIndex }, finding.message, finding.details);
    }
    for (const note of layer.notes) notes.push({ severity: 'note', file: layer.file, ...note });
    const layerCrs = chooseCrs(layer, options.crs ?? null, issues);
    const failed =
      layer.findings.some(({ featureIndex }) => featureIndex === null) && layer.features.length === 0;
    if (layerCrs !== null && !failed) {
      if (layer.features.length === 0)
        issues.add('grid.empty-file', WHOLE_FILE, `${layer.file} has no features.`);
      else remarkOnCrs(layer, layerCrs, notes);
      drafts.push(...readLayer(layer, layerCrs.crs, from, options.levels ?? {}, firstWithId, issues, notes));
      read.push({ layer, crs: layerCrs.crs, from, to: from + layer.features.length });
    }
    index.close();
    sources.push({
      file: layer.file,
      format: layer.format,
      crs: layerCrs?.crs.label ?? 'unknown',
      encoding: layer.encoding,
      features: layer.features.length,
    });
  }
  if (layers.length === 0 && issues.issues.length === 0) {
    issues.add('grid.unknown-format', WHOLE_FILE, 'None of the files holds cells.', { found: 'no grid' });
  }
  const usable = findParents(drafts, issues);
  const cells = checkTree(usable, issues);
  for (const { layer, crs, from, to } of read) {
    const own = drafts.filter((draft) => draft.featureIndex >= from && draft.featureIndex < to);
    index.reopen(layer.file);
    checkReference(
      own.map((draft) => draft.cell),
      crs.datum,
      options.reference ?? {},
      layer.file,
      issues,
    );
    index.close();
  }
  remarkOnPeople(cells, notes);
  return { cells, issues: index.located(), notes, sources };
}

function readLayers(
  files: readonly InputFile[],
  options: ReadGridFilesOptions,
  issues: IssueList,
  notes: GridNote[],
): SourceLayer[] {
  const found = recognise(files, options.maxUnpackedBytes ?? DEFAULT_UNPACKED_BYTES, issues);
  if (found.ignored.length > 0) {
    const names = found.ignored.slice(0, 5).join(', ');
    notes.push({
      severity: 'note',
      code: 'grid.files-ignored',
      file: null,
      message: `${found.ignored.length} files hold no cells and were not read: ${names}${found.ignored.length > 5 ? ' …' : ''}.`,
      details: { files: found.ignored.length, names },
    });
  }
  return [
    ...found.geojson.map(readGeoJsonSource),
    ...found.kml.map(readKmlSource),
    ...found.shapefiles.map((parts) => readShapefileSource(parts, options.encoding ?? null)),
  ];
}

function readLayer(
  layer: SourceLayer,
  crs: SourceCrs,
  from: number,
  levels: Readonly<Record<string, GridLevel>>,
  firstWithId: Map<string, number>,
  issues: IssueList,
  notes: GridNote[],
): HintedDraft[] {
  const context = {
    toWgs84: toWgs84(crs),
    projected: crs.projection.kind !== 'geographic',
    sample: layer.sample,
  };
  const stated = statedLevel(layer.file, levels);
  const named = stated === null ? levelFromName(baseName(layer.file)) : null;
  const ids = idsFromNames(layer, issues);
  const faulty = new Set(layer.findings.map((finding) => finding.featureIndex));
  let byName = 0;
  const drafts = layer.features.flatMap((raw, index): HintedDraft[] => {
    const level = stated ?? raw.folderLevel ?? named;
    const hints = { level, cellId: ids?.[index] ?? null };
    // A coordinate fault was told by the source already, and its feature has no geometry left.
    if (faulty.has(index)) return [];
    const cell = readFeature(raw.feature, from + index, context, firstWithId, issues, hints);
    if (cell === null) return [];
    if (stated === null && raw.folderLevel === null && named !== null && cell.level === named) byName++;
    return [{ cell, featureIndex: from + index, parentHint: raw.parentHint }];
  });
  if (named !== null && byName > 0 && !layer.features.some(({ feature }) => hasLevel(feature))) {
    notes.push({
      severity: 'note',
      code: 'grid.level-by-name',
      file: layer.file,
      message: `The cells of ${layer.file} do not say their level; the file's name says ${named}.`,
      details: { level: named },
    });
  }
  return drafts;
}

function statedLevel(file: string, levels: Readonly<Record<string, GridLevel>>): GridLevel | null {
  for (const name of [file, baseName(file)]) if (Object.hasOwn(levels, name)) return levels[name] ?? null;
  return null;
}

const baseName = (file: string): string => (file.split('/').at(-1) ?? file).replace(/\.[a-z]+$/i, '');

const hasLevel = (feature: unknown): boolean =>
  readProperties(asRecord(asRecord(feature)?.properties) ?? {}, null).level !== null;

/** Where no cell of a file has an id but each has a name of its own, the names are the ids. */
function idsFromNames(layer: SourceLayer, issues: IssueList): readonly string[] | null {
  const names: string[] = [];
  for (const { feature } of layer.features) {
    const record = asRecord(feature);
    const { cellId, name } = readProperties(asRecord(record?.properties) ?? {}, record?.id);
    if (cellId !== null || name === null) return null;
    names.push(name);
  }
  if (names.length === 0 || new Set(names).size < names.length) return null;
  issues.add(
    'grid.ids-from-names',
    WHOLE_FILE,
    `The ${names.length} cells of ${layer.file} have no ids; their names, which are all different, became the ids.`,
    { cells: names.length },
  );
  return names;
}

/** The user's word, else the file's, else WGS-84. An unknown system is an error: its cells would lie elsewhere. */
function chooseCrs(layer: SourceLayer, option: string | null, issues: IssueList): LayerCrs | null {
  const fromFile = layer.statedCrs;
  const fromUser = option === null ? null : crsFromText(option);
  const refuse = (reading: Extract<CrsReading, { kind: 'unknown' }>): null => {
    issues.add(
      'grid.unsupported-crs',
      WHOLE_FILE,
      `The coordinates of ${layer.file} are in "${reading.name}", which cannot be converted here; export it in WGS-84 (EPSG:4326) or CGCS2000 (EPSG:4490), or state the system.`,
      { crs: reading.name },
    );
    return null;
  };
  if (fromUser?.kind === 'unknown') return refuse(fromUser);
  if (fromUser?.kind === 'known') {
    const { crs } = fromUser;
    if (crs.projection.kind !== 'geographic') return { crs, assumed: false };
    // A datum only: the file's own projection stays under it, whatever datum the file claims with it.
    if (fromFile?.kind === 'known') return { crs: withDatum(fromFile.crs, crs.datum), assumed: false };
    return { crs, assumed: false };
  }
  if (fromFile?.kind === 'unknown') return refuse(fromFile);
  if (fromFile?.kind === 'known') return { crs: fromFile.crs, assumed: false };
  const byFeature = crsOfFeatures(layer);
  if (byFeature === null) return { crs: WGS84, assumed: layer.format !== 'kml' };
  return byFeature.kind === 'unknown' ? refuse(byFeature) : { crs: byFeature.crs, assumed: false };
}

/** A column such as 坐标系 that says the same for every cell of the file. */
function crsOfFeatures(layer: SourceLayer): CrsReading | null {
  const stated = new Set<string>();
  for (const { feature } of layer.features) {
    const properties = asRecord(asRecord(feature)?.properties) ?? {};
    const value = ['crs', 'CRS', 'coordinateSystem', '坐标系', '坐标系统', 'zbx', 'ZBX']
      .map((key) => properties[key])
      .find((found) => typeof found === 'string' && found.trim() !== '');
    stated.add(typeof value === 'string' ? value.trim() : '');
  }
  const [only] = stated;
  if (stated.size > 1) return { kind: 'unknown', name: [...stated].slice(0, 4).join(' / ') };
  return only === undefined || only === '' ? null : crsFromText(only);
}

function remarkOnCrs(layer: SourceLayer, { crs, assumed }: LayerCrs, notes: GridNote[]): void {
  if (crs.datum === 'cgcs2000') {
    notes.push({
      severity: 'note',
      code: 'grid.cgcs2000-as-wgs84',
      file: layer.file,
      message: `${layer.file} is in ${crs.label}; CGCS2000 agrees with WGS-84 within centimetres and is taken as it is.`,
      details: { crs: crs.label },
    });
  } else if (assumed) {
    notes.push({
      severity: 'note',
      code: 'grid.crs-assumed',
      file: layer.file,
      message: `${layer.file} does not say its coordinate system; ${geographicCrs('wgs84').label} was assumed.`,
      details: { crs: crs.label },
    });
  }
}

function remarkOnPeople(cells: readonly GridCell[], notes: GridNote[]): void {
  for (const level of [1, 2, 3] as const) {
    const all = cells.filter((cell) => cell.level === level);
    const without = all.filter((cell) => cell.responsible.length === 0).length;
    if (without === 0) continue;
    notes.push({
      severity: 'note',
      code: 'grid.no-responsible',
      file: null,
      message: `${without} of ${all.length} cells of level ${level} name nobody who is responsible.`,
      details: { level, cells: without, of: all.length },
    });
  }
}

/** Features count through all files while they are read; afterwards each finding gets its file and its own count. */
class FeatureIndex {
  private readonly issues: IssueList;
  private readonly starts: { file: string; from: number }[] = [];
  /** File of the findings that name no feature, by their position in the list. */
  private readonly spans: { file: string; from: number; to: number }[] = [];
  private next = 0;
  private current: { file: string; from: number } | null = null;

  constructor(issues: IssueList) {
    this.issues = issues;
  }

  /** Opens a file; returns the index of its first feature. */
  open(file: string, features: number): number {
    const from = this.next;
    this.starts.push({ file, from });
    this.next += features;
    this.reopen(file);
    return from;
  }

  reopen(file: string): void {
    this.current = { file, from: this.issues.issues.length };
  }

  close(): void {
    if (this.current !== null) this.spans.push({ ...this.current, to: this.issues.issues.length });
    this.current = null;
  }

  located(): GridFileIssue[] {
    return this.issues.issues.map((issue, position): GridFileIssue => {
      if (issue.featureIndex === null) {
        const span = this.spans.find(({ from, to }) => position >= from && position < to);
        return { ...issue, file: span?.file ?? null };
      }
      const { file, featureIndex } = this.locate(issue.featureIndex);
      const placed = { ...issue, file, featureIndex };
      const first = issue.details.firstFeatureIndex;
      if (issue.code !== 'grid.duplicate-id' || typeof first !== 'number') return placed;
      const before = this.locate(first);
      return {
        ...placed,
        message: `The id ${issue.cellId} was used before, by feature ${before.featureIndex} of ${before.file}; the first one is kept.`,
        details: { firstFeatureIndex: before.featureIndex },
      };
    });
  }

  private locate(index: number): { file: string; featureIndex: number } {
    const start = this.starts.findLast(({ from }) => from <= index);
    return { file: start?.file ?? '', featureIndex: index - (start?.from ?? 0) };
  }
}
