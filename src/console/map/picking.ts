import type { Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl';
import { addCorner, useDraw } from '../airspace/draw-store.ts';
import { selectVehicle } from '../fleet/selection.ts';
import { selectCell } from '../grid/selection.ts';
import { readModel, useConsole } from '../state/store.ts';
import { levelAtZoom } from './cell-layers.ts';

/** A finger is wider than a pixel. */
const DRONE_REACH_PX = 14;

/** Hover marks, click selects: an aircraft first, else the cell of the level that this zoom shows. While a zone is drawn, a click is a corner. */
export function startPicking(map: MapLibreMap): () => void {
  let hovered: string | null = null;

  const cellAt = (event: MapMouseEvent): string | null => {
    if (map.getLayer('cells-fill') === undefined) return null;
    const level = levelAtZoom(map.getZoom());
    const found = map.queryRenderedFeatures(event.point, {
      layers: ['cells-fill'],
      filter: ['==', ['get', 'level'], level],
    })[0];
    return found === undefined ? null : String(found.properties.cellId);
  };

  const droneAt = (event: MapMouseEvent): string | null => {
    if (map.getLayer('drone-body') === undefined) return null;
    const { x, y } = event.point;
    const found = map.queryRenderedFeatures(
      [
        [x - DRONE_REACH_PX, y - DRONE_REACH_PX],
        [x + DRONE_REACH_PX, y + DRONE_REACH_PX],
      ],
      { layers: ['drone-body'] },
    )[0];
    return found === undefined ? null : String(found.properties.vehicleId);
  };

  const mark = (cellId: string | null, state: 'hovered' | 'selected', on: boolean) => {
    if (cellId !== null && map.getSource('cells') !== undefined) {
      map.setFeatureState({ source: 'cells', id: cellId }, { [state]: on });
    }
  };

  const hover = (cellId: string | null) => {
    if (cellId === hovered) return;
    mark(hovered, 'hovered', false);
    mark(cellId, 'hovered', true);
    hovered = cellId;
  };

  const onMove = (event: MapMouseEvent) => {
    if (useDraw.getState().active) {
      hover(null);
      map.getCanvas().style.cursor = 'crosshair';
      return;
    }
    const drone = droneAt(event);
    hover(drone === null ? cellAt(event) : null);
    map.getCanvas().style.cursor = drone !== null || hovered !== null ? 'pointer' : '';
  };
  const onClick = (event: MapMouseEvent) => {
    if (useDraw.getState().active) {
      addCorner(event.lngLat.lng, event.lngLat.lat);
      return;
    }
    const drone = droneAt(event);
    if (drone !== null) {
      const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
      selectVehicle(drone, ctrlKey || metaKey || shiftKey);
      return;
    }
    const cellId = cellAt(event);
    if (cellId !== null) selectCell(cellId);
  };
  const onLeave = () => hover(null);

  map.on('mousemove', onMove);
  map.on('click', onClick);
  map.on('mouseout', onLeave);
  const markSelected = () => mark(readModel().selectedCellId, 'selected', true);
  map.on('style.load', markSelected);
  const stop = useConsole.subscribe(
    (model) => model.selectedCellId,
    (cellId, previous) => {
      mark(previous, 'selected', false);
      mark(cellId, 'selected', true);
    },
  );
  return stop;
}
