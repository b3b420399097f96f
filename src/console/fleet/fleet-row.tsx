import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { formatAge, formatHeight, formatSpeed } from '../i18n/format.ts';
import { type ConsoleModel, useConsole } from '../state/store.ts';
import { BatteryBar } from './battery-bar.tsx';
import { LinkBars, linkBars } from './link-bars.tsx';
import { selectVehicle } from './selection.ts';
import { StateGlyph } from './state-glyph.tsx';
import { useDroneState } from './use-vehicle.ts';

export const FLEET_ROW_HEIGHT = 48;
/** Data older than this is worth a word in the list. */
const WORTH_TELLING_MS = 2000;

/** What the row shows, already rounded: it renders again only when a shown character changes. */
function rowFacts(model: ConsoleModel, vehicleId: string) {
  const view = model.vehicles[vehicleId]?.view;
  const battery = view?.battery?.remainingPct ?? null;
  const loss = view?.linkQuality.lossPct ?? 0;
  return {
    name: view?.name ?? vehicleId,
    mode: view?.mode?.name ?? '',
    onGround: view?.flightState === 'on-ground',
    height: formatHeight(view?.position?.relativeAltitudeM ?? null),
    speed: formatSpeed(view?.velocity?.groundSpeedMps ?? null),
    batteryPct: battery === null ? null : Math.round(battery),
    // One figure a bar step, so that the loss's last digit does not flicker through the row.
    lossPct: linkBars(loss, false) === 4 ? 0 : Math.round(loss),
    conflict: view?.identityConflict !== null && view?.identityConflict !== undefined,
    selected: model.selectedVehicleIds.includes(vehicleId),
  };
}

export const FleetRow = memo(function FleetRow({ vehicleId }: { readonly vehicleId: string }) {
  const { t } = useTranslation();
  const facts = useConsole(useShallow((model) => rowFacts(model, vehicleId)));
  const { state, silentMs } = useDroneState(vehicleId);
  const lost = state === 'lost';
  const stale = state === 'stale';
  const age = formatAge(silentMs);
  return (
    <button
      type="button"
      className={`fleet-row ${facts.selected ? 'selected' : ''} ${lost ? 'is-lost' : ''}`}
      style={{ height: FLEET_ROW_HEIGHT }}
      data-testid={`fleet-row-${vehicleId}`}
      data-state={state}
      aria-pressed={facts.selected}
      onClick={(event) => selectVehicle(vehicleId, event.ctrlKey || event.metaKey || event.shiftKey)}
    >
      <StateGlyph state={state} size={24} />
      <span className="fleet-row-main">
        <span className="fleet-row-line">
          <strong>{facts.name}</strong>
          <span className={lost ? 'lost-text' : stale ? 'warn-text' : 'state-text'}>
            {lost
              ? t('fleet.lost-for', { age })
              : stale
                ? t('fleet.stale-for', { age })
                : t(`state.${state}`)}
          </span>
          {facts.conflict && <span className="tag tag-alarm">{t('fleet.conflict')}</span>}
        </span>
        <span className="fleet-row-line soft figure">
          <span className="mode-name">{facts.mode}</span>
          {!facts.onGround && !lost && (
            <span>
              {facts.height} · {facts.speed}
            </span>
          )}
          {!lost && !stale && silentMs >= WORTH_TELLING_MS && (
            <span className="warn-text">{t('fleet.age', { age })}</span>
          )}
        </span>
      </span>
      <span className="fleet-row-side">
        <BatteryBar percent={facts.batteryPct} />
        <LinkBars lossPct={facts.lossPct} lost={lost} />
      </span>
    </button>
  );
});
