import { useTranslation } from 'react-i18next';
import type { Notice } from '../../contract/index.ts';

const SHAPES: Readonly<Record<Notice['severity'], { readonly outline: string; readonly inner: string }>> = {
  info: { outline: 'M8 2.5a5.5 5.5 0 1 0 .01 0z', inner: 'M8 7.4v3.4M8 5.1v.2' },
  warning: { outline: 'M8 2l6.4 11.5H1.6z', inner: 'M8 6.4v3.4M8 11.6v.1' },
  alarm: { outline: 'M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z', inner: 'M8 4.6v4M8 11v.2' },
};

/** Round, three-cornered or eight-cornered: severity as a shape, as on the road. */
export function SeverityMark({ severity }: { readonly severity: Notice['severity'] }) {
  const { t } = useTranslation();
  const { outline, inner } = SHAPES[severity];
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      role="img"
      aria-label={t(`severity.${severity}`)}
      className={`mark-${severity}`}
    >
      <path
        d={outline}
        stroke="currentColor"
        strokeWidth="1.4"
        fill="currentColor"
        fillOpacity="0.14"
        strokeLinejoin="round"
      />
      <path d={inner} stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </svg>
  );
}
