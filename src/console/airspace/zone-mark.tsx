import type { ZoneKind } from '../../contract/index.ts';
import { zoneColour } from '../theme/tokens.ts';

/** What a zone is, by shape: barred, between two lines, a closed eye. The same strokes as its hatch on the map. */
const PATHS: Readonly<Record<ZoneKind, string>> = {
  'no-fly': 'M8 2a6 6 0 1 0 .01 0zM3.8 3.8l8.4 8.4',
  altitude: 'M2 3.5h12M2 12.5h12M8 5.5v5M6 7.3l2-1.8 2 1.8M6 8.7l2 1.8 2-1.8',
  privacy: 'M1.8 7c3.4 4.6 9 4.6 12.4 0M4 9.6l-1.2 2M8 10.6v2.4M12 9.6l1.2 2',
};

export function ZoneMark({ kind, size = 16 }: { readonly kind: ZoneKind; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" aria-hidden="true" className="zone-mark">
      <path
        d={PATHS[kind]}
        stroke={zoneColour[kind]}
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
