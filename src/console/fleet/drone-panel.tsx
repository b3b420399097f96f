import { AimOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import {
  formatClimb,
  formatCurrent,
  formatHeading,
  formatHeight,
  formatNumber,
  formatPercent,
  formatPosition,
  formatSpeed,
  formatVoltage,
  MISSING,
} from '../i18n/format.ts';
import { flyTo } from '../map/map-commands.ts';
import { useConsole } from '../state/store.ts';
import { BatteryBar } from './battery-bar.tsx';
import { Fact, FactGroup } from './fact-group.tsx';
import { PrearmReasons } from './prearm-reasons.tsx';
import { StateGlyph } from './state-glyph.tsx';
import { useDroneState, useVehicleEntry } from './use-vehicle.ts';

/** Everything the selected aircraft reports, each group with its age. */
export function DronePanel() {
  const { t } = useTranslation();
  const vehicleId = useConsole((model) => model.selectedVehicleIds.at(-1) ?? null);
  if (vehicleId === null) {
    return (
      <section className="panel-section drone-section" aria-label={t('drone.title')}>
        <p className="empty">{t('drone.none')}</p>
      </section>
    );
  }
  return <SelectedDrone vehicleId={vehicleId} />;
}

function SelectedDrone({ vehicleId }: { readonly vehicleId: string }) {
  const { t, i18n } = useTranslation();
  // A kind that this console has no word for is shown as the server names it.
  const known = (family: 'airframe' | 'autopilot', kind: string) =>
    i18n.exists(`${family}.${kind}`) ? t(`${family}.${kind}`) : kind;
  const entry = useVehicleEntry(vehicleId);
  const { state } = useDroneState(vehicleId);
  if (entry === null) return null;
  const { view, receivedAtMs } = entry;
  const { position, velocity, battery, gps, mode, prearm } = view;
  const armed = view.armed === null ? MISSING : t(view.armed ? 'drone.armed-yes' : 'drone.armed-no');

  return (
    <section className="panel-section drone-section" data-testid="drone-panel" aria-label={t('drone.title')}>
      <header className="drone-head">
        <StateGlyph state={state} size={30} />
        <div>
          <h2>{view.name}</h2>
          <p className="soft">
            {t(`state.${state}`)} · {known('airframe', view.airframe)} · {known('autopilot', view.autopilot)}
            {view.firmwareVersion !== null && <span className="figure"> {view.firmwareVersion}</span>}
          </p>
        </div>
        <span className="grow" />
        <button
          type="button"
          className="plain-icon"
          aria-label={t('drone.centre')}
          title={t('drone.centre')}
          disabled={position === null}
          onClick={() => position !== null && flyTo(position.lonDeg, position.latDeg)}
        >
          <AimOutlined />
        </button>
      </header>
      {view.identityConflict !== null && (
        <p className="inline-alarm" role="alert">
          {t('drone.conflict', { others: view.identityConflict.join(', ') })}
        </p>
      )}
      <FactGroup full title={t('drone.flight')} ageMs={position?.ageMs ?? null} receivedAtMs={receivedAtMs}>
        <Fact
          label={t('drone.height')}
          value={formatHeight(position?.relativeAltitudeM ?? null)}
          figure
          testId="drone-height"
        />
        <Fact label={t('drone.speed')} value={formatSpeed(velocity?.groundSpeedMps ?? null)} figure />
        <Fact label={t('drone.climb')} value={formatClimb(velocity?.climbMps ?? null)} figure />
        <Fact label={t('drone.heading')} value={formatHeading(position?.headingDeg ?? null)} figure />
        <Fact
          label={t('drone.position')}
          value={position === null ? MISSING : formatPosition(position.latDeg, position.lonDeg)}
          wide
          testId="drone-position"
        />
        <Fact label={t('drone.amsl')} value={formatHeight(position?.altitudeAmslM ?? null)} wide />
      </FactGroup>
      <FactGroup title={t('drone.mode-group')} ageMs={mode?.ageMs ?? null} receivedAtMs={receivedAtMs}>
        <Fact
          label={t('drone.mode')}
          value={mode === null ? MISSING : `${mode.name} · ${t(`mode.${mode.normalised}`)}`}
          half
        />
        <Fact label={t('drone.armed')} value={armed} half />
      </FactGroup>
      <FactGroup title={t('drone.battery')} ageMs={battery?.ageMs ?? null} receivedAtMs={receivedAtMs}>
        <Fact
          label={t('drone.charge')}
          value={<BatteryBar percent={rounded(battery?.remainingPct ?? null)} />}
          third
        />
        <Fact label={t('drone.voltage')} value={formatVoltage(battery?.voltageV ?? null)} third />
        <Fact label={t('drone.current')} value={formatCurrent(battery?.currentA ?? null)} third />
      </FactGroup>
      <FactGroup title={t('drone.gps')} ageMs={gps?.ageMs ?? null} receivedAtMs={receivedAtMs}>
        <Fact
          label={t('drone.fix')}
          value={gps === null ? MISSING : t(`gps.fix-${Math.min(6, Math.max(0, gps.fixType))}`)}
          third
        />
        <Fact label={t('drone.satellites')} value={formatNumber(gps?.satellites ?? null)} third />
        <Fact label={t('drone.hdop')} value={formatNumber(gps?.hdop ?? null, 1)} third />
      </FactGroup>
      <FactGroup title={t('drone.link')} ageMs={view.lastHeardAgeMs} receivedAtMs={receivedAtMs}>
        <Fact label={t('drone.loss')} value={formatPercent(view.linkQuality.lossPct, 1)} third />
        <Fact label={t('drone.frames')} value={formatNumber(view.linkQuality.framesPerS)} third />
        <Fact label={t('drone.system-id')} value={String(view.systemId)} third />
        <Fact label={t('drone.endpoint')} value={view.endpoint} wide />
      </FactGroup>
      {prearm !== null && <PrearmReasons prearm={prearm} receivedAtMs={receivedAtMs} />}
    </section>
  );
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
