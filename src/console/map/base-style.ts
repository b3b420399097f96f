import type { StyleSpecification } from 'maplibre-gl';
import { colour } from '../theme/tokens.ts';

/**
 * The built-in base: a plain dark ground that needs no network. Without a `glyphs` URL MapLibre draws every
 * glyph itself from the fonts of the operating system, Latin and Chinese alike.
 */
export function plainStyle(): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: 'ground', type: 'background', paint: { 'background-color': colour.base } }],
  };
}

/** The layers of the Protomaps schema that help an operator find a place, in the console's own dark. */
export function vectorTilesStyle(url: string): StyleSpecification {
  const source = 'base';
  const road = (
    kinds: readonly string[],
    id: string,
    tint: string,
    width: number,
  ): StyleSpecification['layers'][0] => ({
    id,
    type: 'line',
    source,
    'source-layer': 'roads',
    filter: ['match', ['get', 'kind'], [...kinds], true, false],
    paint: {
      'line-color': tint,
      'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, width * 0.3, 18, width * 8],
    },
  });
  return {
    version: 8,
    sources: { [source]: { type: 'vector', url: `pmtiles://${url}`, attribution: '© OpenStreetMap' } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour.base } },
      {
        id: 'green',
        type: 'fill',
        source,
        'source-layer': 'landuse',
        filter: [
          'match',
          ['get', 'kind'],
          ['park', 'forest', 'wood', 'grass', 'nature_reserve'],
          true,
          false,
        ],
        paint: { 'fill-color': '#0e1815' },
      },
      {
        id: 'water',
        type: 'fill',
        source,
        'source-layer': 'water',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': '#0c1b29' },
      },
      {
        id: 'buildings',
        type: 'fill',
        source,
        'source-layer': 'buildings',
        minzoom: 14,
        paint: { 'fill-color': '#131b23', 'fill-outline-color': '#1b2530' },
      },
      road(['minor_road', 'path', 'other'], 'roads-minor', '#18222c', 1),
      road(['medium_road', 'major_road'], 'roads-major', '#202c38', 1.6),
      road(['highway'], 'roads-highway', '#2a3846', 2),
      {
        id: 'rail',
        type: 'line',
        source,
        'source-layer': 'roads',
        filter: ['==', ['get', 'kind'], 'rail'],
        paint: { 'line-color': '#263240', 'line-dasharray': [3, 2] },
      },
    ],
  };
}

/** A PMTiles file of pictures (satellite), dimmed so that lines and marks stay readable on it. */
export function rasterTilesStyle(url: string): StyleSpecification {
  return {
    version: 8,
    sources: { base: { type: 'raster', url: `pmtiles://${url}`, tileSize: 256 } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour.base } },
      {
        id: 'pictures',
        type: 'raster',
        source: 'base',
        paint: { 'raster-brightness-max': 0.55, 'raster-saturation': -0.35 },
      },
    ],
  };
}
