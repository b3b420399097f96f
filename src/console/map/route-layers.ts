import type { Map as MapLibreMap } from 'maplibre-gl';
import type { LonLatPair, PatrolPreview, PatrolView } from '../../contract/index.ts';
import { routeColours } from '../theme/tokens.ts';
import { collection, EMPTY, setFeatures } from './layer-kit.ts';
import { firstPart, legM, pixelsAtZoom10 } from './line-length.ts';

export function addRouteLayers(map: MapLibreMap): void {
  map.addSource('routes', { type: 'geojson', data: EMPTY });
  map.addLayer({
    id: 'route-swath',
    type: 'line',
    source: 'routes',
    filter: ['==', ['get', 'kind'], 'swath'],
    paint: {
      'line-color': ['get', 'colour'],
      'line-opacity': 0.1,
      'line-width': [
        'interpolate',
        ['exponential', 2],
        ['zoom'],
        10,
        ['get', 'px10'],
        20,
        ['*', ['get', 'px10'], 1024],
      ],
    },
  });
  map.addLayer({
    id: 'route-transit',
    type: 'line',
    source: 'routes',
    filter: ['==', ['get', 'kind'], 'transit'],
    paint: {
      'line-color': ['get', 'colour'],
      'line-width': 1.4,
      'line-opacity': ['get', 'opacity'],
      'line-dasharray': [3, 3],
    },
  });
  map.addLayer({
    id: 'route-coverage',
    type: 'line',
    source: 'routes',
    filter: ['match', ['get', 'kind'], ['coverage', 'flown'], true, false],
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: {
      'line-color': ['get', 'colour'],
      'line-width': ['case', ['==', ['get', 'kind'], 'flown'], 2.6, 1.6],
      'line-opacity': ['get', 'opacity'],
    },
  });
  map.addLayer({
    id: 'route-arrows',
    type: 'symbol',
    source: 'routes',
    filter: ['match', ['get', 'kind'], ['coverage', 'transit'], true, false],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 90,
      'icon-image': 'arrow',
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'icon-size': 0.85,
    },
    paint: { 'icon-color': ['get', 'colour'], 'icon-opacity': ['get', 'opacity'] },
  });
}

interface RouteLook {
  readonly colour: string;
  readonly coverageOpacity: number;
  readonly transitOpacity: number;
}

function line(points: readonly LonLatPair[], properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature[] {
  if (points.length < 2) return [];
  return [
    {
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: points.map((point) => [...point]) },
      properties,
    },
  ];
}

/** Ways there and back: the route without its covering part, so that no dashed line lies under the lanes. */
export function transitParts(
  route: readonly LonLatPair[],
  coverage: readonly LonLatPair[],
): readonly (readonly LonLatPair[])[] {
  const same = (a: LonLatPair | undefined, b: LonLatPair | undefined) =>
    a !== undefined && b !== undefined && Math.abs(a[0] - b[0]) < 1e-7 && Math.abs(a[1] - b[1]) < 1e-7;
  const start = route.findIndex((point) => same(point, coverage[0]));
  const end = route.findLastIndex((point) => same(point, coverage.at(-1)));
  if (start < 0 || end < start) return [route];
  return [route.slice(0, start + 1), route.slice(end)];
}

function planned(
  route: readonly LonLatPair[],
  coverage: readonly LonLatPair[],
  look: RouteLook,
): GeoJSON.Feature[] {
  return [
    ...transitParts(route, coverage).flatMap((part) =>
      line(part, { kind: 'transit', colour: look.colour, opacity: look.transitOpacity }),
    ),
    ...line(coverage, { kind: 'coverage', colour: look.colour, opacity: look.coverageOpacity }),
  ];
}

/** The lanes one by one: a wide line drawn round a tight turn throws spikes. */
function swathLegs(coverage: readonly LonLatPair[], swathWidthM: number): readonly (readonly LonLatPair[])[] {
  const legs = coverage.slice(1).map((to, index): readonly LonLatPair[] => [coverage[index] ?? to, to]);
  const lanes = legs.filter(
    ([from, to]) => from !== undefined && to !== undefined && legM(from, to) > swathWidthM,
  );
  return lanes.length > 0 ? lanes : legs;
}

export function previewFeatures(preview: PatrolPreview | null): GeoJSON.Feature[] {
  return (preview?.sorties ?? []).flatMap((sortie, index) => {
    const colour = routeColours[index % routeColours.length] ?? routeColours[0];
    const px10 = pixelsAtZoom10(preview?.swathWidthM ?? 0, sortie.coverage[0]?.[1] ?? 0);
    return [
      ...swathLegs(sortie.coverage, preview?.swathWidthM ?? 0).flatMap((leg) =>
        line(leg, { kind: 'swath', colour, px10 }),
      ),
      ...planned(sortie.route, sortie.coverage, { colour, coverageOpacity: 0.95, transitOpacity: 0.7 }),
    ];
  });
}

/** Patrols in the air: the plan faint, what is flown bright. */
export function patrolFeatures(patrols: readonly PatrolView[], dimmed: boolean): GeoJSON.Feature[] {
  const strength = dimmed ? 0.4 : 1;
  return patrols
    .filter((patrol) => patrol.state === 'running')
    .flatMap((patrol) =>
      patrol.sorties.flatMap((sortie, index) => {
        const colour = routeColours[index % routeColours.length] ?? routeColours[0];
        return [
          ...planned(sortie.route, sortie.coverage, {
            colour,
            coverageOpacity: 0.38 * strength,
            transitOpacity: 0.4 * strength,
          }),
          ...line(firstPart(sortie.coverage, sortie.progressPct / 100), {
            kind: 'flown',
            colour,
            opacity: 0.95 * strength,
          }),
        ];
      }),
    );
}

export function showRoutes(
  map: MapLibreMap,
  preview: PatrolPreview | null,
  patrols: readonly PatrolView[],
): void {
  setFeatures(
    map,
    'routes',
    collection([...patrolFeatures(patrols, preview !== null), ...previewFeatures(preview)]),
  );
}
