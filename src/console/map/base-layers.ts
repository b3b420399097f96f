import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { BaseView } from '../../contract/index.ts';
import { colour, mapFonts } from '../theme/tokens.ts';
import { collection, EMPTY, setFeatures } from './layer-kit.ts';

const nameField = (language: string): ExpressionSpecification =>
  language === 'en' ? ['coalesce', ['get', 'nameEn'], ['get', 'name']] : ['get', 'name'];

/** Police stations and rooms from which the aircraft fly. */
export function addBaseLayers(map: MapLibreMap, language: string): void {
  map.addSource('bases', { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'bases',
    type: 'symbol',
    source: 'bases',
    layout: {
      'icon-image': ['concat', 'base-', ['get', 'kind']],
      'icon-allow-overlap': true,
      'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.7, 15, 1.1],
    },
  });
  map.addLayer({
    id: 'bases-label',
    type: 'symbol',
    source: 'bases',
    minzoom: 13.8,
    layout: {
      'text-field': nameField(language),
      'text-font': [...mapFonts],
      'text-size': 11,
      'text-anchor': 'top',
      'text-offset': [0, 0.9],
    },
    paint: { 'text-color': '#93a5b5', 'text-halo-color': colour.base, 'text-halo-width': 1.3 },
  });
}

export function showBases(map: MapLibreMap, bases: readonly BaseView[]): void {
  const features = bases.map(
    (base): GeoJSON.Feature => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [base.lonDeg, base.latDeg] },
      properties: { kind: base.kind, name: base.name, nameEn: base.nameEn },
    }),
  );
  setFeatures(map, 'bases', collection(features));
}

export function relabelBases(map: MapLibreMap, language: string): void {
  if (map.getLayer('bases-label') !== undefined)
    map.setLayoutProperty('bases-label', 'text-field', nameField(language));
}
