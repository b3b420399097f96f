import type { Element } from '@xmldom/xmldom';
import type { AltitudeDatum, PlanIssue } from '../model.ts';
import { formatError, type MissionFile, type MissionFileResult } from './format-result.ts';
import { badPosition } from './geojson-mission.ts';
import { type DrawnPoint, fromShapes, type Shape, toShapes } from './shapes.ts';
import { escapeXml } from './track.ts';
import { childrenOf, childText, descendantsOf, parseXml } from './xml.ts';

/**
 * A mission as KML 2.2 (OGC 07-147r2): a placemark per item, whose ExtendedData holds every number of it. Heights
 * above home are drawn above the ground, the nearest that KML has.
 */
export function missionToKml(file: MissionFile): string {
  const placemarks = toShapes(file).map(placemarkOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<kml xmlns="http://www.opengis.net/kml/2.2">',
    '  <Document>',
    `    <name>${escapeXml(file.name ?? 'Mission')}</name>`,
    ...placemarks,
    '  </Document>',
    '</kml>',
    '',
  ].join('\n');
}

function placemarkOf(shape: Shape): string {
  const data = Object.entries(shape.properties).map(
    ([name, value]) =>
      `        <Data name="${escapeXml(name)}"><value>${escapeXml(String(value))}</value></Data>`,
  );
  return [
    '    <Placemark>',
    ...(shape.name === null ? [] : [`      <name>${escapeXml(shape.name)}</name>`]),
    ...(data.length === 0 ? [] : ['      <ExtendedData>', ...data, '      </ExtendedData>']),
    ...geometryOf(shape),
    '    </Placemark>',
  ].join('\n');
}

function geometryOf(shape: Shape): string[] {
  const mode =
    shape.datum === null ? 'clampToGround' : shape.datum === 'amsl' ? 'absolute' : 'relativeToGround';
  const text = (points: readonly DrawnPoint[]): string =>
    points
      .map((p) => [p.lonDeg, p.latDeg, ...(p.heightM === null ? [] : [p.heightM])].map(decimal).join(','))
      .join(' ');
  const head = `<altitudeMode>${mode}</altitudeMode>`;
  const ring = (points: readonly DrawnPoint[]): string =>
    `<LinearRing><coordinates>${text(points)}</coordinates></LinearRing>`;
  switch (shape.kind) {
    case 'none':
      return [];
    case 'point':
      return [`      <Point>${head}<coordinates>${text(shape.points)}</coordinates></Point>`];
    case 'line':
      return [`      <LineString>${head}<coordinates>${text(shape.points)}</coordinates></LineString>`];
    case 'area':
      return [
        `      <Polygon>${head}`,
        `        <outerBoundaryIs>${ring(shape.points)}</outerBoundaryIs>`,
        ...shape.holes.map((hole) => `        <innerBoundaryIs>${ring(hole)}</innerBoundaryIs>`),
        '      </Polygon>',
      ];
  }
}

/** As many digits as it takes, never in exponent form: not every reader of KML knows that. */
function decimal(value: number): string {
  const text = String(value + 0);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/**
 * Reads the placemarks of a KML file. Not by togeojson, which keeps neither the altitude mode nor a word about
 * coordinates that it cannot read.
 */
export function readKmlMission(text: string): MissionFileResult {
  const parsed = parseXml(text);
  if (parsed.kind === 'bad') {
    return formatError('format.bad-xml', `The KML cannot be read: ${parsed.reason}`, {
      reason: parsed.reason,
    });
  }
  const issues: PlanIssue[] = [];
  const shapes: Shape[] = [];
  for (const [k, placemark] of descendantsOf(parsed.root, 'Placemark').entries()) {
    const name = childText(placemark, 'name');
    const properties = dataOf(placemark);
    const place = `Placemark ${k + 1}${name === null ? '' : ` (${name.slice(0, 40)})`}`;
    const before = shapes.length;
    const base = { name, properties, holes: [] };
    for (const geometry of geometriesOf(placemark)) addGeometry(geometry, base, place, shapes, issues);
    if (shapes.length === before) shapes.push({ ...base, kind: 'none', datum: null, points: [] });
  }
  return fromShapes(shapes, 'kml', issues);
}

function dataOf(placemark: Element): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const extended of childrenOf(placemark, 'ExtendedData')) {
    for (const data of childrenOf(extended, 'Data')) {
      const name = data.getAttribute('name');
      if (name !== null && name !== '') properties[name] = childText(data, 'value') ?? '';
    }
  }
  return properties;
}

/** Geometries of a placemark, those inside MultiGeometry and gx:MultiTrack too. Iterative: nesting has no limit. */
function geometriesOf(placemark: Element): Element[] {
  const out: Element[] = [];
  const stack = childrenOf(placemark).reverse();
  for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
    if (GROUPS.has(element.localName ?? '')) stack.push(...childrenOf(element).reverse());
    else if (GEOMETRIES.has(element.localName ?? '')) out.push(element);
  }
  return out;
}

const GROUPS: ReadonlySet<string> = new Set(['MultiGeometry', 'MultiTrack']);
const GEOMETRIES: ReadonlySet<string> = new Set(['Point', 'LineString', 'LinearRing', 'Polygon', 'Track']);

function addGeometry(
  geometry: Element,
  base: Pick<Shape, 'name' | 'properties' | 'holes'>,
  place: string,
  shapes: Shape[],
  issues: PlanIssue[],
): void {
  const datum = datumOf(childText(geometry, 'altitudeMode'));
  const tuples = (element: Element | undefined): DrawnPoint[] | null =>
    element === undefined ? null : pointsOf(childText(element, 'coordinates') ?? '', datum, place, issues);
  const kind = geometry.localName;
  if (kind === 'Polygon') {
    const ring = (boundary: Element): Element | undefined => childrenOf(boundary, 'LinearRing')[0];
    const outer = childrenOf(geometry, 'outerBoundaryIs').map((boundary) => tuples(ring(boundary)))[0];
    const holes = childrenOf(geometry, 'innerBoundaryIs').map((boundary) => tuples(ring(boundary)) ?? []);
    if (outer == null || outer.length < 3) issues.push(badPosition(place, 'Polygon'));
    else shapes.push({ ...base, kind: 'area', datum: null, points: closed(outer), holes: holes.map(closed) });
    return;
  }
  const points =
    kind === 'Track'
      ? childrenOf(geometry, 'coord').flatMap((coord) =>
          pointsOf((coord.textContent ?? '').trim().split(/\s+/).join(','), datum, place, issues),
        )
      : tuples(geometry);
  if (points === null || points.length === 0) issues.push(badPosition(place, kind ?? ''));
  else
    shapes.push({
      ...base,
      kind: kind === 'Point' ? 'point' : 'line',
      datum: datum === 'ground' ? null : datum,
      points,
    });
}

/** Clamped to the ground is KML's default: heights mean nothing then. */
function datumOf(mode: string | null): AltitudeDatum | 'ground' {
  return mode === 'absolute' ? 'amsl' : mode === 'relativeToGround' ? 'above-terrain' : 'ground';
}

function pointsOf(
  text: string,
  datum: AltitudeDatum | 'ground',
  place: string,
  issues: PlanIssue[],
): DrawnPoint[] {
  const out: DrawnPoint[] = [];
  for (const tuple of text.split(/\s+/)) {
    if (tuple === '') continue;
    const [lonDeg = Number.NaN, latDeg = Number.NaN, heightM = Number.NaN] = tuple
      .split(',')
      .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (!(Math.abs(lonDeg) <= 180) || !(Math.abs(latDeg) <= 90)) {
      issues.push(badPosition(place, tuple.slice(0, 60)));
      continue;
    }
    out.push({ lonDeg, latDeg, heightM: datum === 'ground' || !Number.isFinite(heightM) ? null : heightM });
  }
  return out;
}

function closed(ring: readonly DrawnPoint[]): readonly DrawnPoint[] {
  const first = ring[0];
  const last = ring[ring.length - 1];
  if (first === undefined || last === undefined) return ring;
  return first.lonDeg === last.lonDeg && first.latDeg === last.latDeg ? ring : [...ring, first];
}
