import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';

export type Features = GeoJSON.FeatureCollection;

export const collection = (features: readonly GeoJSON.Feature[]): Features => ({
  type: 'FeatureCollection',
  features: [...features],
});

export const EMPTY: Features = collection([]);

/** Draws new data into a source; quietly nothing while a style is being changed. */
export function setFeatures(map: MapLibreMap, source: string, features: Features): void {
  const found = map.getSource<GeoJSONSource>(source);
  if (found !== undefined) void found.setData(features);
}

/** Calls back once a frame at most, however often it is asked. */
export function oncePerFrame(work: () => void): { readonly ask: () => void; readonly cancel: () => void } {
  let handle: number | null = null;
  return {
    ask() {
      handle ??= requestAnimationFrame(() => {
        handle = null;
        work();
      });
    },
    cancel() {
      if (handle !== null) cancelAnimationFrame(handle);
      handle = null;
    },
  };
}
