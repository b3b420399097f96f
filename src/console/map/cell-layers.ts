import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { GridLevel } from '../../contract/index.ts';
import type { GridIndex } from '../grid/grid-index.ts';
import type { Outlines } from '../state/api.ts';
import { colour, mapFonts } from '../theme/tokens.ts';
import { collection, EMPTY, setFeatures } from './layer-kit.ts';

/** From these zooms on a level is drawn, can be picked, and is labelled. */
const LEVEL_ZOOM = {
  line2: 11.5,
  line3: 13.6,
  pick2: 13.2,
  pick3: 14.6,
  label2: 13.3,
  label3: 15.4,
} as const;

/** The level that a click means at this zoom: what one can see and hit. */
export function levelAtZoom(zoom: number): GridLevel {
  if (zoom < LEVEL_ZOOM.pick2) return 1;
  return zoom < LEVEL_ZOOM.pick3 ? 2 : 3;
}

const nameField = (language: string): ExpressionSpecification =>
  language === 'en' ? ['coalesce', ['get', 'nameEn'], ['get', 'name']] : ['get', 'name'];

const ofLevel = (level: GridLevel): ExpressionSpecification => ['==', ['get', 'level'], level];
const marked = (state: 'selected' | 'hovered'): ExpressionSpecification => [
  'boolean',
  ['feature-state', state],
  false,
];

export function addCellLayers(map: MapLibreMap): void {
  map.addSource('cells', { type: 'geojson', data: EMPTY, promoteId: 'cellId' });
  map.addLayer({
    id: 'cells-ground',
    type: 'fill',
    source: 'cells',
    filter: ofLevel(1),
    paint: { 'fill-color': '#111a23', 'fill-opacity': 0.82 },
  });
  map.addLayer({
    id: 'cells-fill',
    type: 'fill',
    source: 'cells',
    paint: {
      'fill-color': colour.accent,
      'fill-opacity': ['case', marked('selected'), 0.13, marked('hovered'), 0.07, 0],
    },
  });
  const line = (level: GridLevel, minzoom: number, tint: string, width: ExpressionSpecification) =>
    map.addLayer({
      id: `cells-line-${level}`,
      type: 'line',
      source: 'cells',
      minzoom,
      filter: ofLevel(level),
      layout: { 'line-join': 'round' },
      paint: { 'line-color': tint, 'line-width': width },
    });
  line(3, LEVEL_ZOOM.line3, '#22303c', ['interpolate', ['linear'], ['zoom'], 13.6, 0.4, 17, 1.2]);
  line(2, LEVEL_ZOOM.line2, '#2c3e4d', ['interpolate', ['linear'], ['zoom'], 11.5, 0.4, 16, 1.8]);
  line(1, 0, '#48617a', ['interpolate', ['linear'], ['zoom'], 10, 0.8, 16, 2.8]);
  map.addLayer({
    id: 'cells-mark',
    type: 'line',
    source: 'cells',
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': ['case', marked('selected'), colour.accent, colour.textSoft],
      'line-width': ['case', marked('selected'), 2.2, 1.2],
      'line-opacity': ['case', marked('selected'), 1, marked('hovered'), 0.8, 0],
    },
  });
}

/** Names above the planned lanes, so that both stay readable. */
export function addCellLabels(map: MapLibreMap, language: string): void {
  map.addSource('cell-labels', { type: 'geojson', data: EMPTY });
  const label = (level: GridLevel, minzoom: number, maxzoom: number, size: number, tint: string) =>
    map.addLayer({
      id: `cells-label-${level}`,
      type: 'symbol',
      source: 'cell-labels',
      minzoom,
      maxzoom,
      filter: ofLevel(level),
      layout: {
        'text-field': nameField(language),
        'text-font': [...mapFonts],
        'text-size': size,
        'text-max-width': 7,
        'text-padding': 2,
        // A police room often stands where the name would: then the name steps aside.
        'text-variable-anchor': ['center', 'top', 'bottom'],
        'text-radial-offset': 1.25,
        'text-justify': 'auto',
        'text-letter-spacing': level === 1 ? 0.06 : 0,
      },
      paint: { 'text-color': tint, 'text-halo-color': colour.base, 'text-halo-width': 1.4 },
    });
  label(3, LEVEL_ZOOM.label3, 24, 11, '#7f92a2');
  label(2, LEVEL_ZOOM.label2, 15.9, 12, '#93a7b8');
  label(1, 0, 14.2, 13, '#b4c5d3');
}

export function showOutlines(map: MapLibreMap, outlines: Outlines | null): void {
  setFeatures(map, 'cells', outlines ?? EMPTY);
}

export function showCellLabels(map: MapLibreMap, grid: GridIndex | null): void {
  const features = (grid?.cells ?? []).map(
    (cell): GeoJSON.Feature => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [...cell.centroid] },
      properties: { level: cell.level, name: cell.name, nameEn: cell.nameEn },
    }),
  );
  setFeatures(map, 'cell-labels', collection(features));
}

export function relabelCells(map: MapLibreMap, language: string): void {
  for (const level of [1, 2, 3]) {
    if (map.getLayer(`cells-label-${level}`) !== undefined) {
      map.setLayoutProperty(`cells-label-${level}`, 'text-field', nameField(language));
    }
  }
}
