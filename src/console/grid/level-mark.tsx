import type { GridLevel } from '../../contract/index.ts';

/** One, four or nine cells: the level as a shape. */
export function LevelMark({ level }: { readonly level: GridLevel }) {
  const inner = level === 1 ? '' : level === 2 ? 'M7 1v12M1 7h12' : 'M5 1v12M9 1v12M1 5h12M1 9h12';
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      aria-hidden="true"
      className={`level-mark level-${level}`}
    >
      <path d={`M1 1h12v12H1z${inner}`} stroke="currentColor" strokeWidth={level === 1 ? 1.6 : 1} />
    </svg>
  );
}
