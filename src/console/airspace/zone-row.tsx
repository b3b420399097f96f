import { AimOutlined, DeleteOutlined } from '@ant-design/icons';
import { Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ZoneView } from '../../contract/index.ts';
import { commandMap } from '../map/map-commands.ts';
import { ZoneMark } from './zone-mark.tsx';
import { zoneHeights, zoneName, zoneTime, zoneTimeText } from './zone-text.ts';

interface Props {
  readonly zone: ZoneView;
  readonly nowMs: number;
  readonly mayRemove: boolean;
  readonly onRemove: (zoneId: string) => void;
}

export function ZoneRow({ zone, nowMs, mayRemove, onRemove }: Props) {
  const { t } = useTranslation();
  const name = zoneName(zone);
  const time = zoneTimeText(zone, nowMs);
  return (
    <li className={`zone-row zone-${zoneTime(zone, nowMs)}`} data-testid={`zone-row-${zone.zoneId}`}>
      <ZoneMark kind={zone.kind} />
      <div className="zone-row-text">
        <strong>{name}</strong>
        {zone.temporary && <span className="tag">{t('zone.temporary')}</span>}
        <p className="soft">
          {t(`zone.kind-${zone.kind}`)} · {zoneHeights(zone)}
          {time !== null && <> · {time}</>}
        </p>
        <p className="faint">{t('zone.by', { who: zone.changedBy, reason: zone.reason })}</p>
      </div>
      <button
        type="button"
        className="plain-icon"
        aria-label={t('zone.show', { name })}
        title={t('zone.show', { name })}
        onClick={() => commandMap({ kind: 'fit-lines', lines: outerRings(zone) })}
      >
        <AimOutlined />
      </button>
      {mayRemove && (
        <Popconfirm
          title={t('zone.remove-question', { name })}
          description={t('zone.remove-consequence')}
          okText={t('zone.remove')}
          cancelText={t('action.cancel')}
          okButtonProps={{ 'data-testid': 'confirm-remove-zone' } as Record<string, string>}
          onConfirm={() => onRemove(zone.zoneId)}
        >
          <button
            type="button"
            className="plain-icon"
            aria-label={t('zone.remove-name', { name })}
            title={t('zone.remove-name', { name })}
            data-testid={`remove-zone-${zone.zoneId}`}
          >
            <DeleteOutlined />
          </button>
        </Popconfirm>
      )}
    </li>
  );
}

function outerRings({ geometry }: ZoneView): (readonly [number, number])[][] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map(([ring = []]) => ring.map(([lon = 0, lat = 0]) => [lon, lat] as const));
}
