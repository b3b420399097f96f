import { type Folder, kmlWithFolders } from '@tmcw/togeojson';
import type { Document, Element, Node } from '@xmldom/xmldom';
import type { Feature } from 'geojson';
import type { GridLevel } from '../../model.ts';
import { levelFromName } from '../levels.ts';
import type { InputFile } from './archive.ts';
import { parseXmlDocument } from './parse-xml.ts';
import type { RawFeature, SourceFinding, SourceLayer, SourceNote } from './raw-feature.ts';
import { decodeText } from './text-bytes.ts';

/** KML is WGS-84 by definition (OGC 12-007r2 § 6.2), so a file states nothing else; GCJ-02 is for the user to say. */

/** Styles are not data, and Schema types would turn telephone numbers into floats and "false" into true. */
const NOT_DATA = ['Style', 'StyleMap', 'styleUrl', 'Schema', 'Region', 'LookAt', 'Camera', 'NetworkLink'];
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const TUPLE = new RegExp(`^${NUMBER},${NUMBER}(?:,${NUMBER})?$`);
/** What togeojson adds of its own, and KML's display switches. */
const DISPLAY_KEYS: ReadonlySet<string> = new Set([
  'visibility',
  'styleUrl',
  'styleHash',
  'styleMapHash',
  '@geometry-type',
]);

/**
 * A KML file as a layer. togeojson makes the features; because it leaves out what it cannot read without a word
 * (bad tuples, short rings), the document is checked and put in order before.
 */
export function readKmlSource(file: InputFile): SourceLayer {
  const { text, encoding } = decodeText(file.bytes);
  const findings: SourceFinding[] = [];
  const notes: SourceNote[] = [];
  const layer = (features: readonly RawFeature[]): SourceLayer => ({
    file: file.name,
    format: 'kml',
    features,
    statedCrs: null,
    sample: false,
    encoding,
    findings,
    notes,
  });
  const bad = (reason: string): SourceLayer => {
    findings.push({
      code: 'grid.bad-kml',
      featureIndex: null,
      message: `The KML cannot be read: ${reason}`,
      details: { reason },
    });
    return layer([]);
  };
  const xml = parseXmlDocument(text);
  if (xml.kind === 'bad') return bad(xml.reason);
  const parsed = xml.document;
  if (parsed.documentElement?.localName !== 'kml') {
    return bad(`The root element is <${parsed.documentElement?.tagName ?? 'nothing'}>, not <kml>.`);
  }
  if (parsed.getElementsByTagName('NetworkLink').length > 0) {
    const links = parsed.getElementsByTagName('NetworkLink').length;
    notes.push({
      code: 'grid.network-links-ignored',
      message: `${links} network links were not followed; save what they show into the file.`,
      details: { links },
    });
  }
  const faults = prepare(parsed);
  const features = collect(kmlWithFolders(parsed).children, [], faults, findings);
  const expected = parsed.getElementsByTagNameNS('*', 'Placemark').length;
  if (features.length !== expected)
    return bad(`${expected} placemarks were found, but ${features.length} understood.`);
  return layer(features);
}

/** A fault in the coordinates of a placemark, by its place in document order. */
interface CoordinateFault {
  readonly ring: number;
  readonly position: number;
  readonly found: string;
}

/** Takes out what is no data, puts outer rings first, and looks at every coordinate. */
function prepare(document: Document): ReadonlyMap<number, CoordinateFault> {
  for (const name of NOT_DATA) {
    for (const element of Array.from(document.getElementsByTagName(name)))
      element.parentNode?.removeChild(element);
  }
  const faults = new Map<number, CoordinateFault>();
  Array.from(document.getElementsByTagName('Placemark')).forEach((placemark, index) => {
    for (const polygon of Array.from(placemark.getElementsByTagName('Polygon'))) {
      const children = elementsOf(polygon);
      const outer = children.find((child) => child.tagName === 'outerBoundaryIs');
      // xmldom loops for ever when an element is put before itself.
      const first = polygon.firstChild;
      if (outer !== undefined && first !== null && first !== outer) polygon.insertBefore(outer, first);
      const rings = Array.from(polygon.getElementsByTagName('LinearRing'));
      rings.forEach((ring, ringIndex) => {
        const fault = ringFault(ring, ringIndex);
        if (fault !== null && !faults.has(index)) faults.set(index, fault);
      });
      if (rings.length === 0 && !faults.has(index))
        faults.set(index, { ring: 0, position: 0, found: 'no LinearRing' });
    }
  });
  return faults;
}

function ringFault(ring: Element, ringIndex: number): CoordinateFault | null {
  const raw = Array.from(
    ring.getElementsByTagName('coordinates'),
    (element) => element.textContent ?? '',
  ).join(' ');
  // "110.1, 25.2" with blanks after the commas is wrong but plain; togeojson would drop such tuples.
  const tuples = raw
    .replace(/\s*,\s*/g, ',')
    .trim()
    .split(/\s+/)
    .filter((tuple) => tuple !== '');
  const position = tuples.findIndex((tuple) => !TUPLE.test(tuple));
  if (position >= 0) return { ring: ringIndex, position, found: (tuples[position] ?? '').slice(0, 60) };
  const element = ring.getElementsByTagName('coordinates')[0];
  if (element !== undefined) element.textContent = tuples.join(' ');
  if (new Set(tuples).size < 3) {
    return { ring: ringIndex, position: 0, found: `${tuples.length} positions` };
  }
  return null;
}

const elementsOf = (node: Node): Element[] =>
  Array.from(node.childNodes).filter((child): child is Element => child.nodeType === 1);

/** Flattens the folders; each feature learns its level and parent from the folders above it. */
function collect(
  children: readonly (Folder | Feature<GeoJSON.Geometry | null>)[],
  folders: readonly string[],
  faults: ReadonlyMap<number, CoordinateFault>,
  findings: SourceFinding[],
): RawFeature[] {
  const out: RawFeature[] = [];
  const depths: number[] = [];
  const walk = (nodes: typeof children, path: readonly string[]): void => {
    for (const node of nodes) {
      if (node.type === 'folder') {
        walk(node.children, [...path, typeof node.meta.name === 'string' ? node.meta.name : '']);
        continue;
      }
      const index = out.length;
      const fault = faults.get(index);
      if (fault !== undefined) {
        findings.push({
          code: 'grid.bad-position',
          featureIndex: index,
          message: `Ring ${fault.ring}, position ${fault.position} of placemark ${index} is not "longitude,latitude": ${fault.found}.`,
          details: { ring: fault.ring, position: fault.position, found: fault.found },
        });
      }
      out.push({
        feature: {
          ...node,
          geometry: fault === undefined ? polygonsOnly(node.geometry) : null,
          properties: dataOf(node.properties),
        },
        folderLevel: levelOfPath(path),
        parentHint: path.at(-1) || null,
      });
      depths.push(path.length);
    }
  };
  walk(children, folders);
  return levelsByDepth(out, depths);
}

/** Folders in folders are levels when no folder's name says one: cells stand at two or three depths. */
function levelsByDepth(features: readonly RawFeature[], depths: readonly number[]): RawFeature[] {
  const steps = [...new Set(depths)].sort((a, b) => a - b);
  const named = features.some((feature) => feature.folderLevel !== null);
  if (named || steps.length < 2 || steps.length > 3) return [...features];
  return features.map((feature, i) => {
    const step = steps.indexOf(depths[i] ?? 0) + 1;
    return { ...feature, folderLevel: step === 1 || step === 2 || step === 3 ? step : null };
  });
}

/** The innermost folder whose name states a level. */
function levelOfPath(path: readonly string[]): GridLevel | null {
  for (const name of path.toReversed()) {
    const level = levelFromName(name);
    if (level !== null) return level;
  }
  return null;
}

/** A MultiGeometry of polygons is a MultiPolygon; one with anything else stays what it is and is refused later. */
function polygonsOnly(geometry: GeoJSON.Geometry | null): GeoJSON.Geometry | null {
  if (geometry?.type !== 'GeometryCollection') return geometry;
  const polygons = geometry.geometries.flatMap((g) =>
    g.type === 'Polygon' ? [g.coordinates] : g.type === 'MultiPolygon' ? g.coordinates : [],
  );
  return polygons.length < geometry.geometries.length
    ? geometry
    : { type: 'MultiPolygon', coordinates: polygons };
}

function dataOf(properties: Feature['properties']): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (DISPLAY_KEYS.has(key)) continue;
    Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return out;
}
