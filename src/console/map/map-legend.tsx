import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ZoneKind } from '../../contract/index.ts';
import { ZoneMark } from '../airspace/zone-mark.tsx';
import type { DroneState } from '../fleet/drone-state.ts';
import { StateGlyph } from '../fleet/state-glyph.tsx';

const SHOWN: readonly DroneState[] = [
  'mission',
  'hold',
  'return',
  'landing',
  'taking-off',
  'ready',
  'not-ready',
  'lost',
];

const ZONES: readonly ZoneKind[] = ['no-fly', 'altitude', 'privacy'];

/** What the marks mean, folded away until asked for. */
export function MapLegend() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div className="map-legend desk-only">
      <button type="button" className="legend-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('map.legend')}
      </button>
      {open && (
        <ul>
          {SHOWN.map((state) => (
            <li key={state}>
              <StateGlyph state={state} size={16} /> {t(`state.${state}`)}
            </li>
          ))}
          <li>
            <span className="legend-line solid" /> {t('map.legend-coverage')}
          </li>
          <li>
            <span className="legend-line dashed" /> {t('map.legend-transit')}
          </li>
          {ZONES.map((kind) => (
            <li key={kind}>
              <ZoneMark kind={kind} /> {t(`zone.kind-${kind}`)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
