import 'maplibre-gl/dist/maplibre-gl.css';
import { AimOutlined, ExpandOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AirspaceTool } from '../airspace/airspace-tool.tsx';
import { useConsole } from '../state/store.ts';
import { commandMap, fitDistrict, flyTo } from './map-commands.ts';
import { type MapController, openMap } from './map-controller.ts';
import { MapLegend } from './map-legend.tsx';

/** The map's place in React: everything on it is drawn by the controller, outside of rendering. */
export default function MapView() {
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const controller = useRef<MapController | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const config = useConsole((model) => model.config);
  const configKnown = config !== null;

  useEffect(() => {
    const element = box.current;
    const map = config?.map;
    if (element === null || map === undefined) return;
    try {
      controller.current = openMap(element, map);
    } catch (error) {
      // No WebGL: the lists and the safety bar work without a map.
      setProblem(error instanceof Error ? error.message : String(error));
      return;
    }
    return () => {
      controller.current?.close();
      controller.current = null;
    };
  }, [config?.map]);

  useEffect(() => {
    if (configKnown) controller.current?.setLanguage(i18n.language);
  }, [i18n.language, configKnown]);

  const centreOnSelected = () => {
    const { vehicles, selectedVehicleIds } = useConsole.getState();
    const position = vehicles[selectedVehicleIds.at(-1) ?? '']?.view.position;
    if (position !== null && position !== undefined) flyTo(position.lonDeg, position.latDeg);
  };

  return (
    <>
      <section ref={box} className="map-box" data-testid="map" aria-label={t('map.label')} />
      {problem !== null && <p className="map-problem">{t('map.no-webgl')}</p>}
      <div className="map-tools" role="toolbar" aria-label={t('map.tools')}>
        <button
          type="button"
          aria-label={t('map.zoom-in')}
          title={t('map.zoom-in')}
          onClick={() => commandMap({ kind: 'zoom', by: 1 })}
        >
          <PlusOutlined />
        </button>
        <button
          type="button"
          aria-label={t('map.zoom-out')}
          title={t('map.zoom-out')}
          onClick={() => commandMap({ kind: 'zoom', by: -1 })}
        >
          <MinusOutlined />
        </button>
        <button type="button" aria-label={t('map.fit')} title={t('map.fit')} onClick={fitDistrict}>
          <ExpandOutlined />
        </button>
        <button
          type="button"
          aria-label={t('map.centre-drone')}
          title={t('map.centre-drone')}
          onClick={centreOnSelected}
        >
          <AimOutlined />
        </button>
        <AirspaceTool />
      </div>
      <MapLegend />
    </>
  );
}
