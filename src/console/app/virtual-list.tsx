import {
  type ReactNode,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';

export interface VirtualListHandle {
  /** Brings a row into view, moving as little as needed. */
  scrollToRow: (index: number) => void;
}

interface Props<Row extends { readonly key: string }> {
  readonly rows: readonly Row[];
  readonly rowHeight: number;
  readonly label: string;
  readonly className?: string;
  readonly role?: string;
  readonly render: (row: Row, index: number) => ReactNode;
  readonly ref?: Ref<VirtualListHandle>;
  readonly onKeyDown?: (event: React.KeyboardEvent) => void;
}

const OVERSCAN = 6;

/** Renders only the rows in view: 2,210 cells or 200 aircraft cost what the screen shows. */
export function VirtualList<Row extends { readonly key: string }>(props: Props<Row>) {
  const { rows, rowHeight, render, ref } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });

  const measure = useCallback(() => {
    const element = box.current;
    if (element !== null) setView({ top: element.scrollTop, height: element.clientHeight });
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);

  useImperativeHandle(ref, () => ({
    scrollToRow(index) {
      const element = box.current;
      if (element === null) return;
      const top = index * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + element.clientHeight) {
        element.scrollTop = top + rowHeight - element.clientHeight;
      }
    },
  }));

  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role (tree or group) comes from the caller
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: tree and group both take a name
    <div
      ref={box}
      className={`virtual-list ${props.className ?? ''}`}
      role={props.role ?? 'group'}
      aria-label={props.label}
      onScroll={measure}
      onKeyDown={props.onKeyDown}
    >
      <div className="virtual-space" role="presentation" style={{ height: rows.length * rowHeight }}>
        {rows.slice(first, last).map((row, offset) => (
          <div
            key={row.key}
            className="virtual-row"
            role="presentation"
            style={{ top: (first + offset) * rowHeight, height: rowHeight }}
          >
            {render(row, first + offset)}
          </div>
        ))}
      </div>
    </div>
  );
}
