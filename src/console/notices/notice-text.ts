import type { Details, Notice, PatrolView } from '../../contract/index.ts';
import { zoneNameById } from '../airspace/zone-text.ts';
import { nameIn } from '../grid/grid-index.ts';
import { codeText } from '../i18n/code-text.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { readModel } from '../state/store.ts';

/** The notice in the operator's language. */
export function noticeText(notice: Notice): string {
  const details = notice.code === 'sortie.failed' ? failureDetails(notice) : withZoneName(notice.details);
  return codeText(notice.code, details, notice.message);
}

function withZoneName(details: Details): Details {
  const zone = typeof details.zoneId === 'string' ? zoneNameById(details.zoneId) : null;
  return zone === null ? details : { ...details, zone };
}

/** The server gives cell and reason in its own words; the patrol, when this console still has it, knows both languages. */
function failureDetails(notice: Notice): Details {
  for (const patrol of Object.values<PatrolView>(readModel().patrols)) {
    const failure = patrol.sorties.find(
      (sortie) => sortie.vehicleId === notice.vehicleId && sortie.failure?.code === notice.details.failure,
    )?.failure;
    if (failure === undefined || failure === null || patrol.cellName !== notice.details.cell) continue;
    const reasons = failure.reasons.join(' · ');
    const text = codeText(failure.code, failure.details, failure.message);
    return {
      cell: nameIn({ name: patrol.cellName, nameEn: patrol.cellNameEn }, currentLanguage()),
      reason: reasons === '' ? text : `${text} ${reasons}`,
    };
  }
  return notice.details;
}
