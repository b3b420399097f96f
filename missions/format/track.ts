import type { Feature, LineString, Point } from 'geojson';
import type { LonLat } from '../model.ts';

/** A planned line at one height above home. */
export interface NamedRoute {
  readonly name: string;
  readonly points: readonly LonLat[];
  readonly relativeAltitudeM: number;
}

/** One position of a flown track; `atMs` is UTC epoch milliseconds. */
export interface TrackPoint extends LonLat {
  readonly altitudeAmslM: number;
  readonly atMs: number;
}

export interface NamedTrack {
  readonly name: string;
  readonly points: readonly TrackPoint[];
}

/** A planned route as KML 2.2: a LineString at its height above ground. */
export function routeToKml(route: NamedRoute): string {
  const coordinates = route.points
    .map((p) => `${decimal(p.lonDeg, 7)},${decimal(p.latDeg, 7)},${decimal(route.relativeAltitudeM, 2)}`)
    .join('\n          ');
  return kml(
    route.name,
    `<LineString>
        <altitudeMode>relativeToGround</altitudeMode>
        <coordinates>
          ${coordinates}
        </coordinates>
      </LineString>`,
  );
}

/**
 * A flown track as KML with Google's gx:Track: every `when` first, then as many gx:coord "lon lat altitude"
 * (developers.google.com/kml, gx:Track). Heights are above mean sea level.
 */
export function trackToKml(track: NamedTrack): string {
  const whens = track.points.map((p) => `<when>${new Date(p.atMs).toISOString()}</when>`);
  const coords = track.points.map(
    (p) =>
      `<gx:coord>${decimal(p.lonDeg, 7)} ${decimal(p.latDeg, 7)} ${decimal(p.altitudeAmslM, 2)}</gx:coord>`,
  );
  return kml(
    track.name,
    [
      '<gx:Track>',
      '  <altitudeMode>absolute</altitudeMode>',
      ...[...whens, ...coords].map((l) => `  ${l}`),
      '</gx:Track>',
    ].join('\n      '),
  );
}

/** A planned route as a GeoJSON line; a route of one point becomes a Point, an empty one has no geometry. */
export function routeToGeoJson(route: NamedRoute): Feature<LineString | Point | null> {
  return feature(
    route.points.map((p) => [p.lonDeg, p.latDeg]),
    { name: route.name, relativeAltitudeM: route.relativeAltitudeM },
  );
}

/**
 * A flown track as a GeoJSON line with heights; the times stand in `coordinateProperties.times` (ISO 8601), one
 * for each position, as togeojson and the tools that read its output have them.
 */
export function trackToGeoJson(track: NamedTrack): Feature<LineString | Point | null> {
  return feature(
    track.points.map((p) => [p.lonDeg, p.latDeg, p.altitudeAmslM]),
    {
      name: track.name,
      coordinateProperties: { times: track.points.map((p) => new Date(p.atMs).toISOString()) },
    },
  );
}

function feature(
  coordinates: number[][],
  properties: Record<string, unknown>,
): Feature<LineString | Point | null> {
  const first = coordinates[0];
  if (first === undefined) return { type: 'Feature', properties, geometry: null };
  if (coordinates.length === 1)
    return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: first } };
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates } };
}

function kml(name: string, geometry: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
  <Document>
    <name>${escapeXml(name)}</name>
    <Placemark>
      <name>${escapeXml(name)}</name>
      ${geometry}
    </Placemark>
  </Document>
</kml>
`;
}

/** At most `digits` decimals, without trailing zeros, never in exponent form and never "-0". */
function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text safe in XML 1.0: the five entities escaped, characters that XML forbids left out. */
export function escapeXml(text: string): string {
  let out = '';
  for (const c of text) if (isXmlCharacter(c)) out += XML_ENTITIES[c] ?? c;
  return out;
}

/** XML 1.0 § 2.2; a lone surrogate is none either. */
export function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 32 && code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code <= 0xdfff))
  );
}
