/** The name in type: thin "Air", firm "grid", and one lit cell of a grid before it. */
export function Wordmark({ size = 18 }: { readonly size?: number }) {
  return (
    <span className="wordmark" style={{ fontSize: size }}>
      <svg width={size} height={size} viewBox="0 0 18 18" fill="none" aria-hidden="true">
        <path d="M1 1h16v16H1zM9 1v16M1 9h16" stroke="currentColor" strokeWidth="1.2" />
        <path d="M9 1h8v8H9z" fill="currentColor" />
      </svg>
      <span>
        <span className="wordmark-air">Air</span>
        <span className="wordmark-grid">grid</span>
      </span>
    </span>
  );
}
