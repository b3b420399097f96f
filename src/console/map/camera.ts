import type { LngLatBounds, Map as MapLibreMap, PaddingOptions } from 'maplibre-gl';
import * as maplibregl from 'maplibre-gl';
import { readModel } from '../state/store.ts';
import type { MapCommand } from './map-commands.ts';

/** What covers the map: the card at its left, or the sheet at a phone's lower edge. */
function freePart(map: MapLibreMap): Required<PaddingOptions> {
  const box = map.getContainer().getBoundingClientRect();
  const page = map.getContainer().closest('.operate');
  const card = page?.querySelector('.map-area .map-card')?.getBoundingClientRect();
  const sheet = page?.querySelector('.sheet')?.getBoundingClientRect();
  const margin = Math.min(48, box.width * 0.07);
  return {
    top: margin + 12,
    right: margin,
    left: card === undefined ? margin : card.right - box.left + margin,
    bottom: sheet === undefined ? margin : Math.max(margin, box.bottom - sheet.top + margin / 2),
  };
}

function boundsOf(lines: readonly (readonly (readonly number[])[])[]): LngLatBounds | null {
  const bounds = new maplibregl.LngLatBounds();
  for (const line of lines) {
    for (const [lon, lat] of line) if (lon !== undefined && lat !== undefined) bounds.extend([lon, lat]);
  }
  return bounds.isEmpty() ? null : bounds;
}

function rings(geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon): number[][][] {
  return geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();
}

function fit(map: MapLibreMap, bounds: LngLatBounds | null, animate = true): void {
  if (bounds === null) return;
  const padding = freePart(map);
  const { clientWidth, clientHeight } = map.getContainer();
  // A map squeezed between panels would refuse; without padding it at least shows the place.
  const fits =
    padding.left + padding.right < clientWidth - 40 && padding.top + padding.bottom < clientHeight - 40;
  map.fitBounds(bounds, { padding: fits ? padding : 8, maxZoom: 16.5, duration: animate ? 500 : 0 });
}

export function fitWholeDistrict(map: MapLibreMap, animate = true): void {
  const { outlines, bases } = readModel();
  const top = outlines?.features.filter((feature) => feature.properties.level === 1) ?? [];
  const all = top.length > 0 ? top : (outlines?.features ?? []);
  const points = all.length > 0 ? [] : [bases.map((base) => [base.lonDeg, base.latDeg])];
  fit(map, boundsOf([...all.flatMap((feature) => rings(feature.geometry)), ...points]), animate);
}

export function obey(map: MapLibreMap, command: MapCommand): void {
  switch (command.kind) {
    case 'fly-to':
      map.easeTo({
        center: [command.lonDeg, command.latDeg],
        zoom: Math.max(map.getZoom(), command.zoom ?? 14.5),
        duration: 500,
      });
      return;
    case 'fit-cell': {
      const cell = readModel().outlines?.features.find(
        (feature) => feature.properties.cellId === command.cellId,
      );
      if (cell !== undefined) fit(map, boundsOf(rings(cell.geometry)));
      return;
    }
    case 'fit-lines':
      fit(map, boundsOf(command.lines));
      return;
    case 'fit-district':
      fitWholeDistrict(map);
      return;
    case 'zoom':
      map.zoomTo(map.getZoom() + command.by, { duration: 200 });
      return;
  }
}
