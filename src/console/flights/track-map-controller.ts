import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { plainStyle } from '../map/base-style.ts';
import { addCellLayers, showOutlines } from '../map/cell-layers.ts';
import type { Outlines } from '../state/api.ts';
import { colour, stateColour } from '../theme/tokens.ts';

maplibregl.setWorkerUrl(workerUrl);

type Track = GeoJSON.FeatureCollection | GeoJSON.Feature;

/** All positions of whatever lines and points the track file holds. */
export function trackPositions(track: Track): readonly GeoJSON.Position[] {
  const features = track.type === 'Feature' ? [track] : track.features;
  return features.flatMap(({ geometry }) => {
    if (geometry === null) return [];
    if (geometry.type === 'Point') return [geometry.coordinates];
    if (geometry.type === 'LineString') return geometry.coordinates;
    return geometry.type === 'MultiLineString' ? geometry.coordinates.flat() : [];
  });
}

export function openTrackMap(container: HTMLElement, track: Track, outlines: Outlines | null): () => void {
  const positions = trackPositions(track);
  const bounds = new maplibregl.LngLatBounds();
  for (const [lon, lat] of positions) if (lon !== undefined && lat !== undefined) bounds.extend([lon, lat]);
  const map = new maplibregl.Map({
    container,
    style: plainStyle(),
    ...(bounds.isEmpty() ? {} : { bounds, fitBoundsOptions: { padding: 28, maxZoom: 17 } }),
    attributionControl: false,
    dragRotate: false,
  });
  map.addControl(new maplibregl.ScaleControl({ unit: 'metric' }), 'bottom-left');
  map.on('load', () => {
    addCellLayers(map);
    showOutlines(map, outlines);
    map.addSource('track', { type: 'geojson', data: track });
    map.addLayer({
      id: 'track',
      type: 'line',
      source: 'track',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': stateColour.mission, 'line-width': 2 },
    });
    addEnd(map, 'start', positions[0], stateColour.vertical);
    addEnd(map, 'end', positions.at(-1), colour.text);
  });
  map.once('idle', () => {
    container.dataset.mapReady = 'true';
  });
  return () => map.remove();
}

function addEnd(map: maplibregl.Map, id: string, position: GeoJSON.Position | undefined, tint: string): void {
  if (position === undefined) return;
  map.addSource(id, {
    type: 'geojson',
    data: { type: 'Feature', geometry: { type: 'Point', coordinates: position }, properties: {} },
  });
  map.addLayer({
    id,
    type: 'circle',
    source: id,
    paint: {
      'circle-radius': id === 'start' ? 6 : 4,
      'circle-color': colour.base,
      'circle-stroke-color': tint,
      'circle-stroke-width': 2,
    },
  });
}
