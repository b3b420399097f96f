/** One node of a well-known text: `PROJCS["name", …]` is keyword PROJCS with its values in order. */
export interface WktNode {
  readonly keyword: string;
  readonly values: readonly (string | number | WktNode)[];
}

/** A .prj is shallow; deeper brackets are no coordinate system but an attempt to blow the stack. */
const MAX_DEPTH = 32;
const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z_0-9]*)|([[\](),]))/y;

/** Reads well-known text 1 as in .prj files (OGC 01-009 § 7, with [] or ()). `null` when it is none. */
export function parseWkt(text: string): WktNode | null {
  let at = 0;
  const next = (): { text: string; kind: 'string' | 'number' | 'word' | 'sign' } | null => {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return null;
    at = TOKEN.lastIndex;
    if (match[1] !== undefined) return { text: match[1].replaceAll('""', '"'), kind: 'string' };
    if (match[2] !== undefined) return { text: match[2], kind: 'number' };
    if (match[3] !== undefined) return { text: match[3], kind: 'word' };
    return { text: match[4] ?? '', kind: 'sign' };
  };
  const readNode = (keyword: string, depth: number): WktNode | null => {
    const values: (string | number | WktNode)[] = [];
    if (depth > MAX_DEPTH) return null;
    for (;;) {
      const token = next();
      if (token === null) return null;
      if (token.kind === 'string') values.push(token.text);
      else if (token.kind === 'number') values.push(Number(token.text));
      else if (token.kind === 'word') {
        const before = at;
        const open = next();
        if (open?.kind === 'sign' && (open.text === '[' || open.text === '(')) {
          const node = readNode(token.text.toUpperCase(), depth + 1);
          if (node === null) return null;
          values.push(node);
        } else {
          // A bare word such as EAST in AXIS["X",EAST].
          at = before;
          values.push(token.text);
        }
      } else return null;
      const after = next();
      if (after?.text === ']' || after?.text === ')') return { keyword, values };
      if (after?.text !== ',') return null;
    }
  };
  const first = next();
  const open = next();
  if (first?.kind !== 'word' || (open?.text !== '[' && open?.text !== '(')) return null;
  return readNode(first.text.toUpperCase(), 0);
}

/** The first child with this keyword. */
export function childOf(node: WktNode, keyword: string): WktNode | null {
  for (const value of node.values) if (typeof value === 'object' && value.keyword === keyword) return value;
  return null;
}

/** The name in front, `""` when there is none. */
export function nameOf(node: WktNode | null): string {
  const first = node?.values[0];
  return typeof first === 'string' ? first : '';
}

/** The number at `index` of the node's values. */
export function numberAt(node: WktNode | null, index: number): number | null {
  const value = node?.values[index];
  return typeof value === 'number' ? value : null;
}
