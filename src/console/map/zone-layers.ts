import i18next from 'i18next';
import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { LonLatPair, ZoneConflict, ZoneKind, ZoneView } from '../../contract/index.ts';
import { zoneHeights, zoneName, zoneTime, zoneTimeText } from '../airspace/zone-text.ts';
import { colour, mapFonts, zoneColour } from '../theme/tokens.ts';
import { collection, EMPTY, setFeatures } from './layer-kit.ts';

const KINDS: readonly ZoneKind[] = ['no-fly', 'altitude', 'privacy'];
const RATIO = 2;
const TILE_PX = 12;

/** Hatches that join up at the edges of their tile: slanted, level, dotted. No kind is told by its colour alone. */
function hatch(kind: ZoneKind): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = TILE_PX * RATIO;
  canvas.height = TILE_PX * RATIO;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser cannot draw on a canvas');
  context.scale(RATIO, RATIO);
  context.strokeStyle = zoneColour[kind];
  context.fillStyle = zoneColour[kind];
  context.lineWidth = 1.1;
  if (kind === 'privacy') {
    for (const [x, y] of [
      [3, 3],
      [9, 9],
    ] as const) {
      context.beginPath();
      context.arc(x, y, 1.1, 0, 2 * Math.PI);
      context.fill();
    }
  } else {
    const path = kind === 'no-fly' ? 'M-2 14L14 -2M-8 8L8 -8M4 20L20 4' : 'M0 3H12M0 9H12';
    context.stroke(new Path2D(path));
  }
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

const DASHES: Readonly<Record<ZoneKind, number[] | null>> = {
  'no-fly': null,
  altitude: [4, 2],
  privacy: [1, 1.6],
};

export function addZoneLayers(map: MapLibreMap): void {
  for (const kind of KINDS) {
    if (!map.hasImage(`zone-${kind}`)) map.addImage(`zone-${kind}`, hatch(kind), { pixelRatio: RATIO });
  }
  map.addSource('zones', { type: 'geojson', data: EMPTY });
  for (const kind of KINDS) {
    const filter: ExpressionSpecification = ['==', ['get', 'kind'], kind];
    map.addLayer({
      id: `zones-tint-${kind}`,
      type: 'fill',
      source: 'zones',
      filter,
      paint: { 'fill-color': zoneColour[kind], 'fill-opacity': ['*', ['get', 'strength'], 0.12] },
    });
    map.addLayer({
      id: `zones-hatch-${kind}`,
      type: 'fill',
      source: 'zones',
      filter,
      paint: { 'fill-pattern': `zone-${kind}`, 'fill-opacity': ['*', ['get', 'strength'], 0.38] },
    });
    const dash = DASHES[kind];
    map.addLayer({
      id: `zones-line-${kind}`,
      type: 'line',
      source: 'zones',
      filter,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': zoneColour[kind],
        'line-width': ['case', ['get', 'conflict'], 4, 1.8],
        'line-opacity': ['+', 0.25, ['*', ['get', 'strength'], 0.75]],
        ...(dash === null ? {} : { 'line-dasharray': dash }),
      },
    });
  }
}

const LABEL_COLOUR: ExpressionSpecification = [
  'match',
  ['get', 'kind'],
  'altitude',
  zoneColour.altitude,
  'privacy',
  zoneColour.privacy,
  zoneColour['no-fly'],
];

/** Names, above the lanes; and what is being drawn, above everything of the ground. */
export function addZoneLabels(map: MapLibreMap): void {
  map.addLayer({
    id: 'zones-label',
    type: 'symbol',
    source: 'zones',
    minzoom: 11,
    layout: {
      'text-field': ['get', 'label'],
      'text-font': [...mapFonts],
      'text-size': 11.5,
      'text-line-height': 1.25,
      'text-max-width': 12,
      'text-padding': 4,
    },
    paint: {
      'text-color': LABEL_COLOUR,
      'text-halo-color': colour.base,
      'text-halo-width': 2.2,
      'text-opacity': ['+', 0.4, ['*', ['get', 'strength'], 0.6]],
    },
  });
  map.addSource('drawing', { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'drawing-fill',
    type: 'fill',
    source: 'drawing',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': colour.accent, 'fill-opacity': 0.15 },
  });
  map.addLayer({
    id: 'drawing-line',
    type: 'line',
    source: 'drawing',
    filter: ['!=', ['geometry-type'], 'Point'],
    paint: { 'line-color': colour.accent, 'line-width': 2, 'line-dasharray': [2, 1.5] },
  });
  map.addLayer({
    id: 'drawing-corner',
    type: 'circle',
    source: 'drawing',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-radius': 5,
      'circle-color': colour.base,
      'circle-stroke-color': colour.accent,
      'circle-stroke-width': 2,
    },
  });
}

/** @param nowMs by the server's clock: zones of other times are drawn faint, those that are over not at all */
export function showZones(
  map: MapLibreMap,
  zones: readonly ZoneView[],
  conflicts: readonly ZoneConflict[],
  nowMs: number,
): void {
  const hit = new Set(conflicts.map((conflict) => conflict.zoneId));
  const features = zones
    .filter((zone) => zoneTime(zone, nowMs) !== 'over')
    .map((zone): GeoJSON.Feature => {
      const lines = [
        zoneName(zone),
        `${i18next.t(`zone.kind-${zone.kind}`)} · ${zoneHeights(zone)}`,
        zoneTimeText(zone, nowMs),
      ];
      return {
        type: 'Feature',
        geometry: zone.geometry,
        properties: {
          kind: zone.kind,
          label: lines.filter((line) => line !== null).join('\n'),
          strength: zoneTime(zone, nowMs) === 'now' ? 1 : 0.4,
          conflict: hit.has(zone.zoneId),
        },
      };
    });
  setFeatures(map, 'zones', collection(features));
}

export function showDrawing(map: MapLibreMap, corners: readonly LonLatPair[]): void {
  const points = corners.map((corner) => [...corner]);
  const features: GeoJSON.Feature[] = points.map((coordinates) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates },
    properties: {},
  }));
  const [first] = points;
  const shape: GeoJSON.Geometry | null =
    first === undefined || points.length < 2
      ? null
      : points.length === 2
        ? { type: 'LineString', coordinates: points }
        : { type: 'Polygon', coordinates: [[...points, first]] };
  if (shape !== null) features.unshift({ type: 'Feature', geometry: shape, properties: {} });
  setFeatures(map, 'drawing', collection(features));
}
