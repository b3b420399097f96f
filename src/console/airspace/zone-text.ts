import i18next from 'i18next';
import type { ZoneConflict, ZoneView } from '../../contract/index.ts';
import { formatDateTime } from '../i18n/format.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { readModel } from '../state/store.ts';

type Named = Pick<ZoneView, 'name' | 'nameEn'>;

export const zoneName = ({ name, nameEn }: Named): string =>
  currentLanguage() === 'en' ? (nameEn ?? name) : name;

export const conflictZoneName = ({ zoneName: name, zoneNameEn: nameEn }: ZoneConflict): string =>
  zoneName({ name, nameEn });

/** The name of a zone that a notice speaks of, as long as this console still knows the zone. */
export function zoneNameById(zoneId: string): string | null {
  const zone = readModel().zones.find((one) => one.zoneId === zoneId);
  return zone === undefined ? null : zoneName(zone);
}

/** "0–80 m", "from 50 m", "all heights": what a person asks first of a zone. */
export function zoneHeights({ floorM, ceilingM, datum }: ZoneView): string {
  if (floorM === null && ceilingM === null) return i18next.t('zone.heights-all');
  const range =
    ceilingM === null
      ? i18next.t('zone.heights-from', { floor: floorM })
      : i18next.t('zone.heights-between', { floor: floorM ?? 0, ceiling: ceilingM });
  return datum === 'above-home' ? range : `${range} ${i18next.t(`zone.datum-${datum}`)}`;
}

export type ZoneTime = 'now' | 'later' | 'over';

/** @param nowMs by the server's clock, epoch ms */
export function zoneTime({ activeFromMs, activeToMs }: ZoneView, nowMs: number): ZoneTime {
  if (activeToMs !== null && activeToMs < nowMs) return 'over';
  return activeFromMs !== null && activeFromMs > nowMs ? 'later' : 'now';
}

/** Null: in force now, without an end. */
export function zoneTimeText(zone: ZoneView, nowMs: number): string | null {
  switch (zoneTime(zone, nowMs)) {
    case 'over':
      return i18next.t('zone.over');
    case 'later':
      return i18next.t('zone.from-time', { time: formatDateTime(zone.activeFromMs ?? 0) });
    case 'now':
      return zone.activeToMs === null
        ? null
        : i18next.t('zone.until-time', { time: formatDateTime(zone.activeToMs) });
  }
}
