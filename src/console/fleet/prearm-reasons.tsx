import { useTranslation } from 'react-i18next';
import type { VehicleView } from '../../contract/index.ts';
import { FactGroup } from './fact-group.tsx';

interface Props {
  readonly prearm: NonNullable<VehicleView['prearm']>;
  readonly receivedAtMs: number;
}

/** Whether it may be armed, and if not, why in the autopilot's own words. */
export function PrearmReasons({ prearm, receivedAtMs }: Props) {
  const { t } = useTranslation();
  const word = prearm.ready === null ? 'unknown' : prearm.ready ? 'ready' : 'not-ready';
  return (
    <FactGroup title={t('drone.prearm')} ageMs={prearm.ageMs} receivedAtMs={receivedAtMs}>
      <div className="fact fact-wide prearm">
        <dt className="visually-hidden">{t('drone.prearm')}</dt>
        <dd className={`prearm-words prearm-${word}`}>
          {t(`drone.prearm-${word}`)}
          {prearm.reasons.length > 0 && (
            <ul>
              {prearm.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
        </dd>
      </div>
    </FactGroup>
  );
}
