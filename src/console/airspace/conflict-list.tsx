import { useTranslation } from 'react-i18next';
import type { ZoneConflict } from '../../contract/index.ts';
import { selectVehicle } from '../fleet/selection.ts';
import { flyTo } from '../map/map-commands.ts';
import { SeverityMark } from '../notices/severity-mark.tsx';
import { useConsole } from '../state/store.ts';
import { conflictZoneName } from './zone-text.ts';

/** On the way home only is a warning: a patrol that was planned round a zone has it there most of the time. */
const severityOf = ({ kind }: ZoneConflict) => (kind === 'on-return' ? 'warning' : 'alarm');

/** Aircraft that are in a closed zone, or fly towards one, the most pressing first. */
export function ConflictList() {
  const { t } = useTranslation();
  const conflicts = useConsole((model) => model.zoneConflicts);
  if (conflicts.length === 0) return null;
  const sorted = [...conflicts].sort(
    (a, b) =>
      Number(a.kind === 'on-return') - Number(b.kind === 'on-return') || a.secondsToEntry - b.secondsToEntry,
  );
  return (
    <ul className="zone-conflicts" role="alert" data-testid="zone-conflicts">
      {sorted.map((conflict) => (
        <li
          key={`${conflict.vehicleId} ${conflict.zoneId}`}
          className={`zone-conflict zone-conflict-${severityOf(conflict)}`}
          data-kind={conflict.kind}
        >
          <SeverityMark severity={severityOf(conflict)} />
          <span>
            <button
              type="button"
              className="link-button strong"
              onClick={() => {
                selectVehicle(conflict.vehicleId);
                flyTo(...conflict.entryAt);
              }}
            >
              {conflict.vehicleName}
            </button>{' '}
            {t(`zone.conflict-${conflict.kind}`, {
              zone: conflictZoneName(conflict),
              seconds: conflict.secondsToEntry,
              metres: conflict.distanceM,
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
