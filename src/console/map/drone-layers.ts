import type { Map as MapLibreMap, SymbolLayerSpecification } from 'maplibre-gl';
import { droneColour } from '../fleet/drone-state.ts';
import { lostAfterOf, stateSeenHere } from '../fleet/use-vehicle.ts';
import { formatHeight } from '../i18n/format.ts';
import type { ConsoleModel } from '../state/store.ts';
import { currentTrails, TRAIL_KEPT_MS } from '../state/trails.ts';
import { colour, mapFonts } from '../theme/tokens.ts';
import { collection, EMPTY, setFeatures } from './layer-kit.ts';

type SymbolLayout = NonNullable<SymbolLayerSpecification['layout']>;

export function addDroneLayers(map: MapLibreMap): void {
  map.addSource('trails', { type: 'geojson', data: EMPTY });
  map.addSource('drones', { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'trails',
    type: 'line',
    source: 'trails',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    // One quiet colour: where it was is not what it does now.
    paint: { 'line-color': colour.textSoft, 'line-width': 1.8, 'line-opacity': ['get', 'opacity'] },
  });
  map.addLayer({
    id: 'drone-selected',
    type: 'circle',
    source: 'drones',
    filter: ['get', 'selected'],
    paint: {
      'circle-radius': 22,
      'circle-color': colour.accent,
      'circle-opacity': 0.12,
      'circle-stroke-color': colour.text,
      'circle-stroke-width': 1.4,
    },
  });
  const always = {
    'icon-allow-overlap': true,
    'icon-ignore-placement': true,
    // Over the whole district many fit beside one another; close by they are easy to hit.
    'icon-size': ['interpolate', ['linear'], ['zoom'], 11.5, 0.66, 14, 1],
  } satisfies SymbolLayout;
  map.addLayer({
    id: 'drone-body',
    type: 'symbol',
    source: 'drones',
    layout: {
      ...always,
      'icon-image': ['concat', 'drone-', ['get', 'state']],
      'icon-rotate': ['get', 'heading'],
      'icon-rotation-alignment': 'map',
      'symbol-sort-key': ['-', ['get', 'rank']],
    },
  });
  map.addLayer({
    id: 'drone-glyph',
    type: 'symbol',
    source: 'drones',
    layout: {
      ...always,
      'icon-image': ['concat', 'glyph-', ['get', 'state']],
      'icon-rotation-alignment': 'viewport',
      'symbol-sort-key': ['-', ['get', 'rank']],
    },
  });
  map.addLayer({
    id: 'drone-label',
    type: 'symbol',
    source: 'drones',
    layout: {
      'text-field': ['format', ['get', 'name'], {}, '\n', {}, ['get', 'height'], { 'font-scale': 0.88 }],
      'text-font': [...mapFonts],
      'text-size': 12.5,
      'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
      // Clear of the ring round a selected one.
      'text-radial-offset': ['case', ['get', 'selected'], 2.2, 1.75],
      'text-justify': 'auto',
      'text-padding': 1,
      'symbol-sort-key': ['get', 'rank'],
    },
    paint: { 'text-color': ['get', 'colour'], 'text-halo-color': colour.base, 'text-halo-width': 1.6 },
  });
}

/** All aircraft as they are now. The most urgent have the lowest rank: labelled first, drawn on top. */
export function showDrones(map: MapLibreMap, model: ConsoleModel): void {
  const now = performance.now();
  const online = model.connection.state === 'online';
  const features: GeoJSON.Feature[] = [];
  for (const [vehicleId, entry] of Object.entries(model.vehicles)) {
    const { position, name } = entry.view;
    if (position === null) continue;
    const state = stateSeenHere(entry, online, lostAfterOf(model), now);
    const onGround = entry.view.flightState === 'on-ground';
    const selected = model.selectedVehicleIds.includes(vehicleId);
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [position.lonDeg, position.latDeg] },
      properties: {
        vehicleId,
        state,
        name,
        height: onGround ? '' : formatHeight(position.relativeAltitudeM),
        // A pad and an aircraft nobody hears point nowhere.
        heading: onGround || state === 'lost' || state === 'stale' ? 0 : (position.headingDeg ?? 0),
        colour: droneColour(state),
        selected,
        rank: selected ? 0 : state === 'lost' ? 1 : onGround ? 3 : 2,
      },
    });
  }
  setFeatures(map, 'drones', collection(features));
}

/** Three stretches that fade with age, newest brightest. */
const STRETCHES = [
  { fromMs: TRAIL_KEPT_MS, toMs: 150_000, opacity: 0.2 },
  { fromMs: 150_000, toMs: 45_000, opacity: 0.42 },
  { fromMs: 45_000, toMs: 0, opacity: 0.75 },
] as const;

export function showTrails(map: MapLibreMap, model: ConsoleModel): void {
  const now = performance.now();
  const features: GeoJSON.Feature[] = [];
  for (const [vehicleId, trail] of currentTrails(now)) {
    if (model.vehicles[vehicleId] === undefined) continue;
    for (const { fromMs, toMs, opacity } of STRETCHES) {
      const points = trail.filter((point) => now - point.atMs <= fromMs && now - point.atMs >= toMs);
      // The stretch reaches to the first point of the next one, so that the line has no gaps.
      const next = trail.find((point) => now - point.atMs < toMs);
      const line = next === undefined ? points : [...points, next];
      if (line.length < 2) continue;
      features.push({
        type: 'Feature',
        geometry: { type: 'LineString', coordinates: line.map((point) => [point.lonDeg, point.latDeg]) },
        properties: { opacity },
      });
    }
  }
  setFeatures(map, 'trails', collection(features));
}
