import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { formatHeight, formatPercent } from '../i18n/format.ts';
import { useConsole } from '../state/store.ts';
import { ActionAnswers } from './action-answer.tsx';
import { ActionButton } from './action-button.tsx';
import { SAFETY_ACTIONS, useActions } from './actions.ts';
import { StateGlyph } from './state-glyph.tsx';
import { useDroneState } from './use-vehicle.ts';

/** Always on the screen, on every page: whom a command goes to, and the four commands. */
export function SafetyBar() {
  const { t } = useTranslation();
  const selected = useConsole((model) => model.selectedVehicleIds);
  const names = useConsole(
    useShallow((model) => model.selectedVehicleIds.map((id) => model.vehicles[id]?.view.name ?? id)),
  );
  const running = useActions(
    useShallow((model) =>
      selected.filter((id) => model.runs[id]?.result === null).map((id) => model.runs[id]?.action),
    ),
  );
  const first = selected.length === 1 ? selected[0] : undefined;

  return (
    <section className="safety-bar" aria-label={t('action.bar-label')}>
      <ActionAnswers />
      <div className="safety-row">
        <div className="safety-who">
          {selected.length === 0 && <span className="faint">{t('action.select-first')}</span>}
          {first !== undefined && <OneTarget vehicleId={first} />}
          {selected.length > 1 && (
            <span className="safety-many">
              <strong className="figure">{t('action.count', { count: selected.length })}</strong>{' '}
              <span className="soft">{names.join(' ')}</span>
            </span>
          )}
        </div>
        <div className="safety-buttons">
          {SAFETY_ACTIONS.map((action) => (
            <ActionButton
              key={action}
              action={action}
              vehicleIds={selected}
              names={names.join(', ')}
              busy={running.includes(action)}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function OneTarget({ vehicleId }: { readonly vehicleId: string }) {
  const { t } = useTranslation();
  const { state } = useDroneState(vehicleId);
  const view = useConsole(
    useShallow((model) => {
      const vehicle = model.vehicles[vehicleId]?.view;
      return {
        name: vehicle?.name ?? vehicleId,
        height: formatHeight(vehicle?.position?.relativeAltitudeM ?? null),
        battery: formatPercent(vehicle?.battery?.remainingPct ?? null),
      };
    }),
  );
  return (
    <span className="safety-one">
      <StateGlyph state={state} size={28} />
      <span className="safety-name">{view.name}</span>
      <span className="safety-facts">
        <span>{t(`state.${state}`)}</span>
        <span className="figure soft">
          {view.height} · {view.battery}
        </span>
      </span>
    </span>
  );
}
