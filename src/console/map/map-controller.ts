/** Load: up to 200 aircraft at 5–10 Hz; one setData a frame for them, one a second for trails. */
import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { ConsoleConfig } from '../../contract/index.ts';
import { useDraw } from '../airspace/draw-store.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { usePlan } from '../patrol/plan-store.ts';
import { readModel, useConsole } from '../state/store.ts';
import { addBaseLayers, relabelBases, showBases } from './base-layers.ts';
import { plainStyle } from './base-style.ts';
import { fitWholeDistrict, obey } from './camera.ts';
import { addCellLabels, addCellLayers, relabelCells, showCellLabels, showOutlines } from './cell-layers.ts';
import { chooseStyle } from './choose-style.ts';
import { addIcons } from './drone-icons.ts';
import { addDroneLayers, showDrones, showTrails } from './drone-layers.ts';
import { oncePerFrame } from './layer-kit.ts';
import { listenToMapCommands } from './map-commands.ts';
import { startPicking } from './picking.ts';
import { addRouteLayers, showRoutes } from './route-layers.ts';
import { addZoneLabels, addZoneLayers, showDrawing, showZones } from './zone-layers.ts';

// Its own file on our own origin: the strict content policy of the server allows nothing else.
maplibregl.setWorkerUrl(workerUrl);

export interface MapController {
  readonly setLanguage: (language: string) => void;
  readonly close: () => void;
}

/** Where the map looks before the district is known. */
const FIRST_CENTRE: [number, number] = [110.29, 25.28];
const TRAIL_PERIOD_MS = 1000;
/** A zone whose time begins or ends is seen so soon. */
const ZONE_PERIOD_MS = 15_000;

export function openMap(container: HTMLElement, config: ConsoleConfig['map']): MapController {
  const map = new maplibregl.Map({
    container,
    style: plainStyle(),
    center: FIRST_CENTRE,
    zoom: 11.5,
    minZoom: 8,
    maxZoom: 19,
    attributionControl: false,
    pitchWithRotate: false,
    dragRotate: false,
    fadeDuration: 120,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-left');
  map.addControl(
    new maplibregl.AttributionControl({ compact: false, customAttribution: 'Airgrid · MapLibre' }),
    'bottom-right',
  );
  if (config.styleUrl !== null || config.pmtilesUrl !== null) {
    // Without a diff: a style that is patched in keeps quiet, and the district would be patched away with the old one.
    void chooseStyle(config).then((style) => map.setStyle(style, { diff: false }));
  }

  let fitted = false;
  const drones = oncePerFrame(() => showDrones(map, readModel()));
  const routes = oncePerFrame(() =>
    showRoutes(map, usePlan.getState().preview, Object.values(readModel().patrols)),
  );

  const zones = oncePerFrame(() => {
    const model = readModel();
    showZones(map, model.zones, model.zoneConflicts, Date.now() + model.serverOffsetMs);
  });
  const drawing = oncePerFrame(() => showDrawing(map, useDraw.getState().corners));

  const drawGrid = () => {
    const { outlines, grid } = readModel();
    showOutlines(map, outlines);
    showCellLabels(map, grid);
    if (outlines !== null && !fitted) {
      fitted = true;
      fitWholeDistrict(map, false);
    }
  };

  // Again after every change of style: a new style starts empty.
  map.on('style.load', () => {
    addIcons(map);
    addCellLayers(map);
    addZoneLayers(map);
    addRouteLayers(map);
    addCellLabels(map, currentLanguage());
    addZoneLabels(map);
    addBaseLayers(map, currentLanguage());
    addDroneLayers(map);
    drawGrid();
    showBases(map, readModel().bases);
    drones.ask();
    routes.ask();
    zones.ask();
    drawing.ask();
  });
  // Not `idle`: with a fleet that moves several times a second a slow machine never is.
  map.on('render', () => {
    if (fitted && map.getSource('cells') !== undefined && map.isSourceLoaded('cells')) {
      container.dataset.mapReady = 'true';
    }
  });

  const stops = [
    useConsole.subscribe((model) => model.outlines, drawGrid),
    useConsole.subscribe((model) => model.grid, drawGrid),
    useConsole.subscribe(
      (model) => model.bases,
      (bases) => showBases(map, bases),
    ),
    useConsole.subscribe((model) => model.vehicles, drones.ask),
    useConsole.subscribe((model) => model.selectedVehicleIds, drones.ask),
    useConsole.subscribe((model) => model.connection.state, drones.ask),
    useConsole.subscribe((model) => model.patrols, routes.ask),
    usePlan.subscribe(routes.ask),
    useConsole.subscribe((model) => model.zones, zones.ask),
    useConsole.subscribe((model) => model.zoneConflicts, zones.ask),
    useDraw.subscribe(drawing.ask),
    listenToMapCommands((command) => obey(map, command)),
    startPicking(map),
  ];
  const trailTimer = setInterval(() => {
    if (document.hidden) return;
    showTrails(map, readModel());
    // While the server is silent nothing else would turn an aircraft into a lost one.
    if (readModel().connection.state !== 'online') drones.ask();
  }, TRAIL_PERIOD_MS);

  const zoneTimer = setInterval(zones.ask, ZONE_PERIOD_MS);

  return {
    setLanguage(language) {
      relabelCells(map, language);
      relabelBases(map, language);
      zones.ask();
      map.getCanvas().setAttribute('lang', language);
    },
    close() {
      clearInterval(trailTimer);
      clearInterval(zoneTimer);
      zones.cancel();
      drawing.cancel();
      drones.cancel();
      routes.cancel();
      for (const stop of stops) stop();
      map.remove();
    },
  };
}
