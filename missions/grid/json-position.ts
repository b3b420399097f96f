/**
 * Where a text stops being JSON. `JSON.parse` tells the position only for some faults and in words that differ
 * between engines, so this scanner finds it: RFC 8259, iterative, nothing is built.
 */
export interface JsonFault {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

type Expectation = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'next';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// RFC 8259 § 7: everything from U+0020 on except the quotation mark and the backslash may stand unescaped.
const STRING = /"(?:[ !\u{23}-\u{5b}\u{5d}-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** The first fault of `text`, or `null` when it is well-formed JSON. */
export function findJsonFault(text: string): JsonFault | null {
  // Per open bracket: what may come next.
  const stack: ('{' | '[')[] = [];
  let expect = 'value' as Expectation;
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const fault = (reason: string): JsonFault => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    return { line, column: at - before.lastIndexOf('\n'), reason };
  };
  for (;;) {
    match(SPACE);
    const c = text[at];
    if (c === undefined) {
      if (expect === 'next' && stack.length === 0) return null;
      return fault(at === 0 ? 'The text is empty.' : 'The text ends too early: something is not closed.');
    }
    if (expect === 'next' && stack.length === 0)
      return fault('There is more text after the end of the JSON.');
    if (expect === 'value' || expect === 'value-or-end') {
      if (c === ']' && expect === 'value-or-end') {
        stack.pop();
        at++;
        expect = 'next';
      } else if (c === '{' || c === '[') {
        stack.push(c);
        at++;
        expect = c === '{' ? 'key-or-end' : 'value-or-end';
      } else if (match(STRING) || match(NUMBER) || match(WORD)) {
        expect = 'next';
      } else {
        return fault(
          c === '"'
            ? 'A string is not closed or holds an invalid character.'
            : `Unexpected ${show(c)}; a value belongs here.`,
        );
      }
    } else if (expect === 'key' || expect === 'key-or-end') {
      if (c === '}' && expect === 'key-or-end') {
        stack.pop();
        at++;
        expect = 'next';
      } else if (match(STRING)) {
        expect = 'colon';
      } else {
        return fault(`Unexpected ${show(c)}; a property name in double quotes belongs here.`);
      }
    } else if (expect === 'colon') {
      if (c !== ':') return fault(`Unexpected ${show(c)}; a colon belongs here.`);
      at++;
      expect = 'value';
    } else {
      const open = stack[stack.length - 1];
      if (c === ',') {
        at++;
        expect = open === '{' ? 'key' : 'value';
      } else if ((c === '}' && open === '{') || (c === ']' && open === '[')) {
        stack.pop();
        at++;
        expect = 'next';
      } else {
        return fault(`Unexpected ${show(c)}; a comma or ${open === '{' ? '}' : ']'} belongs here.`);
      }
    }
  }
}

function show(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  return code < 0x20 ? `control character ${code}` : `"${c}"`;
}
