import type { Element } from '@xmldom/xmldom';
import { parseXmlDocument } from '../grid/source/parse-xml.ts';

export type XmlResult =
  | { readonly kind: 'ok'; readonly root: Element }
  | { readonly kind: 'bad'; readonly reason: string };

/** The root of an XML text, or why there is none. */
export function parseXml(text: string): XmlResult {
  const parsed = parseXmlDocument(text);
  if (parsed.kind === 'bad') return parsed;
  const root = parsed.document.documentElement;
  return root === null ? { kind: 'bad', reason: 'It is empty.' } : { kind: 'ok', root };
}

/** Child elements of that name, whatever the prefix. */
export function childrenOf(element: Element, name?: string): Element[] {
  const out: Element[] = [];
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === ELEMENT_NODE && (name === undefined || (node as Element).localName === name)) {
      out.push(node as Element);
    }
  }
  return out;
}

const ELEMENT_NODE = 1;

/** Text of the first child of that name, trimmed; null without one or when it is empty. */
export function childText(element: Element, name: string): string | null {
  const text = childrenOf(element, name)[0]?.textContent?.trim() ?? '';
  return text === '' ? null : text;
}

/** Elements of a name anywhere below, in document order, without going into one that was found. Iterative. */
export function descendantsOf(root: Element, name: string): Element[] {
  const out: Element[] = [];
  const stack = [root];
  for (let element = stack.pop(); element !== undefined; element = stack.pop()) {
    if (element !== root && element.localName === name) out.push(element);
    else stack.push(...childrenOf(element).reverse());
  }
  return out;
}
