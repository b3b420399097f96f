import { useTranslation } from 'react-i18next';
import { formatPercent } from '../i18n/format.ts';

/** Four bars by lost frames: a radio operator's habit, read from across the room. */
export function linkBars(lossPct: number, lost: boolean): 0 | 1 | 2 | 3 | 4 {
  if (lost) return 0;
  if (lossPct < 1) return 4;
  if (lossPct < 5) return 3;
  if (lossPct < 20) return 2;
  return 1;
}

export function LinkBars({ lossPct, lost }: { readonly lossPct: number; readonly lost: boolean }) {
  const { t } = useTranslation();
  const bars = linkBars(lossPct, lost);
  const label = lost ? t('fleet.link-lost') : t('fleet.link-label', { loss: formatPercent(lossPct, 1) });
  return (
    <svg
      width="16"
      height="12"
      viewBox="0 0 16 12"
      role="img"
      aria-label={label}
      className={`link-bars link-${bars}`}
    >
      <title>{label}</title>
      {[0, 1, 2, 3].map((index) => (
        <rect
          key={index}
          x={index * 4.2}
          y={8 - index * 2.6}
          width="2.8"
          height={4 + index * 2.6}
          rx="0.6"
          className={index < bars ? 'on' : 'off'}
        />
      ))}
    </svg>
  );
}
