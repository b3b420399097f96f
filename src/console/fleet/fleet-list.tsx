import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { VirtualList } from '../app/virtual-list.tsx';
import { readModel, useConsole } from '../state/store.ts';
import { isAirborne } from './drone-state.ts';
import { FLEET_ROW_HEIGHT, FleetRow } from './fleet-row.tsx';
import { LinkTroubles } from './link-troubles.tsx';
import { selectVehicles } from './selection.ts';

export function FleetList() {
  const { t } = useTranslation();
  const ids = useConsole((model) => model.vehicleIds);
  const counts = useConsole(
    useShallow((model) => {
      let airborne = 0;
      let lost = 0;
      for (const { view } of Object.values(model.vehicles)) {
        if (view.connection === 'lost') lost += 1;
        else if (isAirborne(view)) airborne += 1;
      }
      return { airborne, lost };
    }),
  );
  const rows = useMemo(() => ids.map((id) => ({ key: id })), [ids]);
  const selectAirborne = () => {
    const { vehicles, vehicleIds } = readModel();
    selectVehicles(vehicleIds.filter((id) => vehicles[id] !== undefined && isAirborne(vehicles[id].view)));
  };

  return (
    <section className="panel-section fleet-section" aria-label={t('fleet.title')}>
      <header className="panel-head">
        <h2>{t('fleet.title')}</h2>
        <span className="faint figure">
          {t('fleet.summary', { total: ids.length, airborne: counts.airborne })}
          {counts.lost > 0 && (
            <span className="lost-text"> · {t('fleet.summary-lost', { lost: counts.lost })}</span>
          )}
        </span>
        <span className="grow" />
        {counts.airborne > 0 && (
          <button type="button" className="link-button" onClick={selectAirborne}>
            {t('fleet.select-airborne')}
          </button>
        )}
      </header>
      <LinkTroubles />
      {ids.length === 0 ? (
        <p className="empty">{t('fleet.empty')}</p>
      ) : (
        <VirtualList
          rows={rows}
          rowHeight={FLEET_ROW_HEIGHT}
          className="fleet-list"
          label={t('fleet.title')}
          render={(row) => <FleetRow vehicleId={row.key} />}
        />
      )}
    </section>
  );
}
