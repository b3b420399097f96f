import { DOMParser, type Document } from '@xmldom/xmldom';

export type XmlDocument =
  | { readonly kind: 'ok'; readonly document: Document }
  | { readonly kind: 'bad'; readonly reason: string };

/** Parses XML, or says why not. A document type is refused: entities in one are how a few bytes become gigabytes. */
export function parseXmlDocument(text: string): XmlDocument {
  if (/<!(DOCTYPE|ENTITY)/i.test(text))
    return { kind: 'bad', reason: 'It has a document type declaration; remove it.' };
  let fault: string | null = null;
  try {
    const document = new DOMParser({
      locator: false,
      onError: (level, message) => {
        if (level !== 'warning') fault ??= String(message);
      },
    }).parseFromString(text.replace(/^\uFEFF/, '').trimStart(), 'text/xml');
    return fault === null ? { kind: 'ok', document } : { kind: 'bad', reason: fault };
  } catch (error) {
    return { kind: 'bad', reason: fault ?? (error instanceof Error ? error.message : String(error)) };
  }
}
