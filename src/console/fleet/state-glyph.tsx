import { type DroneState, droneColour, GLYPH_PATHS } from './drone-state.ts';

/** The state's mark: a ring in the state's colour with its glyph; a lost one is a broken ring. */
export function StateGlyph({ state, size = 20 }: { readonly state: DroneState; readonly size?: number }) {
  const tint = droneColour(state);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      aria-hidden="true"
      className="state-glyph"
    >
      <circle
        cx="10"
        cy="10"
        r="8.6"
        stroke={tint}
        strokeWidth="1.4"
        {...(state === 'lost' || state === 'stale' ? { strokeDasharray: '3.4 2.6' } : {})}
        fill={tint}
        fillOpacity="0.12"
      />
      <path
        d={GLYPH_PATHS[state]}
        transform="translate(2 2)"
        stroke={tint}
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
