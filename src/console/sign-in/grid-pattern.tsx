/** Three levels of grid in thin lines, a few cells lit and one patrol flown: what the product does, as a drawing. */
export function GridPattern() {
  return (
    <svg
      className="entrance-pattern"
      aria-hidden="true"
      preserveAspectRatio="xMidYMid slice"
      viewBox="0 0 1440 900"
    >
      <defs>
        <pattern id="micro" width="30" height="30" patternUnits="userSpaceOnUse">
          <path d="M30 0H0v30" fill="none" className="pattern-micro" />
        </pattern>
        <pattern id="block" width="90" height="90" patternUnits="userSpaceOnUse">
          <rect width="90" height="90" fill="url(#micro)" />
          <path d="M90 0H0v90" fill="none" className="pattern-block" />
        </pattern>
        <pattern id="area" width="270" height="270" patternUnits="userSpaceOnUse">
          <rect width="270" height="270" fill="url(#block)" />
          <path d="M270 0H0v270" fill="none" className="pattern-area" />
        </pattern>
      </defs>
      <g transform="translate(640 -60) rotate(8)">
        <rect x="-1200" y="-600" width="3200" height="2200" fill="url(#area)" />
        <path d="M180 360h90v90h-90zM450 180h90v90h-90zM360 540h90v90h-90z" className="pattern-lit" />
        <path d="M30 700L180 437h90v-25h-90v-25h90v-25h-90" className="pattern-path" />
        <path d="M180 362l-6 -12h12z" className="pattern-drone" transform="rotate(-90 180 362)" />
      </g>
    </svg>
  );
}
