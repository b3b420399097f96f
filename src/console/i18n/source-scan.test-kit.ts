import ts from 'typescript';

/** What a source file says to people: translation keys it uses, and text that it forgot to translate. */
export interface SourceText {
  /** Literal keys: `t('plan.title')`. */
  readonly keys: readonly string[];
  /** Fixed beginnings of composed keys: t(`state.${state}`) → `state.`. */
  readonly prefixes: readonly string[];
  /** JSX text and spoken attributes with letters in them, with their line. */
  readonly literals: readonly string[];
}

/** Attributes that reach eyes or ears. */
const SPOKEN = new Set([
  'aria-label',
  'title',
  'placeholder',
  'label',
  'alt',
  'description',
  'okText',
  'cancelText',
]);
const LETTER = /\p{L}/u;
/** Names and symbols that are the same in every language. */
const SAME_EVERYWHERE = new Set(['Air', 'grid', 'm']);

export function scanSource(fileName: string, text: string): SourceText {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX);
  const keys: string[] = [];
  const prefixes: string[] = [];
  const literals: string[] = [];
  const complain = (node: ts.Node, words: string) => {
    if (SAME_EVERYWHERE.has(words)) return;
    literals.push(`${fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${words}`);
  };

  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)(t|exists)$/.test(node.expression.getText())) {
      for (const key of keyArguments(node.arguments[0])) {
        if (ts.isStringLiteralLike(key)) keys.push(key.text);
        else if (ts.isTemplateExpression(key)) prefixes.push(key.head.text);
      }
    }
    if (ts.isJsxText(node) && LETTER.test(node.text)) complain(node, node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      SPOKEN.has(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer) &&
      LETTER.test(node.initializer.text)
    ) {
      complain(node, node.initializer.text);
    }
    if (
      ts.isJsxExpression(node) &&
      node.expression !== undefined &&
      ts.isStringLiteralLike(node.expression)
    ) {
      const isChild = ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent);
      if (isChild && LETTER.test(node.expression.text)) complain(node, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { keys, prefixes, literals };
}

/** `t(a ? 'x' : 'y')` uses both. */
function keyArguments(node: ts.Expression | undefined): readonly ts.Expression[] {
  if (node === undefined) return [];
  return ts.isConditionalExpression(node) ? [node.whenTrue, node.whenFalse] : [node];
}
