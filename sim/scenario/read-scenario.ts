import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { checkReferences } from './check-references.ts';
import { CONDITION_FORMS, parseCondition } from './condition.ts';
import { ScenarioError } from './scenario-error.ts';
import { type NumberedExpectation, type NumberedStep, type Scenario, ScenarioHead } from './schema.ts';
import { EXPECTATIONS, type Expectation } from './schema-expectations.ts';
import { STEPS, type Step } from './schema-steps.ts';

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
const checkHead = ajv.compile<ScenarioHead>(ScenarioHead);
const checkSteps = compileAll(STEPS);
const checkExpectations = compileAll(EXPECTATIONS);

function compileAll(schemas: Readonly<Record<string, object>>): ReadonlyMap<string, ValidateFunction> {
  return new Map(Object.entries(schemas).map(([word, schema]) => [word, ajv.compile(schema)]));
}

/**
 * Reads and checks one scenario as a whole: schema, words of `when`, and that every name is defined. All problems are
 * told at once, each with its line and what is allowed.
 * @throws ScenarioError `scenario.bad-file`
 */
export function readScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ScenarioError('scenario.bad-file', `${path} cannot be read: ${reason}`, [], cause);
  }
  return parseScenario(text, path);
}

/** As `readScenario`, from text. */
export function parseScenario(text: string, path: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems: string[] = [];
  const tell = (line: number, message: string): void => {
    problems.push(`${path}:${line}: ${message}`);
  };
  const lineOf = (keys: readonly (string | number)[]): number => {
    const node = deepest(document.contents, keys);
    return node?.range == null ? 1 : lines.linePos(node.range[0]).line;
  };
  for (const error of document.errors) tell(error.linePos?.[0].line ?? 1, error.message.split('\n')[0] ?? '');
  if (problems.length > 0) throw badFile(path, problems);

  const content: unknown = document.toJS();
  const headIsGood = checkHead(content);
  for (const error of tidy(checkHead.errors)) tell(lineOf(keysOf(error)), describe(error));
  const lists = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>;
  const steps = listOf(lists.steps).map((entry, index): NumberedStep => {
    checkEntry(entry, 'do', checkSteps, (keys, message) => tell(lineOf(['steps', index, ...keys]), message));
    checkWhen(entry, (message) => tell(lineOf(['steps', index, 'when']), message));
    return { step: entry as Step, line: lineOf(['steps', index]) };
  });
  const expect = listOf(lists.expect).map((entry, index): NumberedExpectation => {
    checkEntry(entry, 'that', checkExpectations, (keys, message) =>
      tell(lineOf(['expect', index, ...keys]), message),
    );
    return { expectation: entry as Expectation, line: lineOf(['expect', index]) };
  });
  if (!headIsGood || problems.length > 0) throw badFile(path, problems);
  const id = basename(path).replace(/\.ya?ml$/, '');
  const scenario: Scenario = { ...(content as ScenarioHead), id, path, steps, expect };
  checkReferences(scenario, tell);
  if (problems.length > 0) throw badFile(path, problems);
  return scenario;
}

function badFile(path: string, problems: readonly string[]): ScenarioError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new ScenarioError('scenario.bad-file', `${path} has ${count}:`, problems);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** One step or expectation by its word, so that a message speaks of that word's properties alone. */
function checkEntry(
  entry: unknown,
  key: 'do' | 'that',
  checks: ReadonlyMap<string, ValidateFunction>,
  tell: (keys: readonly (string | number)[], message: string) => void,
): void {
  const word: unknown =
    typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)[key] : undefined;
  const check = typeof word === 'string' ? checks.get(word) : undefined;
  if (check === undefined) {
    const shown = word === undefined ? 'is missing' : `is ${JSON.stringify(word)}`;
    tell([key], `\`${key}\` ${shown}; allowed are ${[...checks.keys()].join(', ')}`);
    return;
  }
  check(entry);
  for (const error of tidy(check.errors)) tell(keysOf(error), describe(error));
}

function checkWhen(entry: unknown, tell: (message: string) => void): void {
  if (typeof entry !== 'object' || entry === null) return;
  const { when } = entry as { when?: unknown };
  if (typeof when !== 'string' || parseCondition(when) !== null) return;
  tell(`\`when: ${when}\` is not understood; allowed are:\n    ${CONDITION_FORMS.join('\n    ')}`);
}

/** An `anyOf` or `if` repeats what its branches said. */
function tidy(errors: readonly ErrorObject[] | null | undefined): readonly ErrorObject[] {
  const seen = new Set<string>();
  return (errors ?? []).filter(({ keyword, instancePath, schemaPath }) => {
    if (keyword === 'if' || /\/anyOf\/\d+\//.test(schemaPath)) return false;
    const key = `${instancePath} ${keyword} ${schemaPath}`;
    return !seen.has(key) && seen.add(key);
  });
}

const keysOf = ({ instancePath, params, keyword }: ErrorObject): readonly (string | number)[] => {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll('~1', '/').replaceAll('~0', '~')));
  return keyword === 'additionalProperties' ? [...keys, String(params.additionalProperty)] : keys;
};

function describe(error: ErrorObject): string {
  const { keyword, params, data, parentSchema, instancePath } = error;
  const place = instancePath === '' ? '' : `${instancePath.slice(1).replaceAll('/', '.')} `;
  const known = Object.keys((parentSchema?.properties as object | undefined) ?? {});
  if (keyword === 'additionalProperties') {
    return `${place}"${params.additionalProperty}" is unknown; allowed are ${known.join(', ')}`;
  }
  if (keyword === 'required') return `${place}"${params.missingProperty}" is missing`;
  const shown = JSON.stringify(data) ?? 'nothing';
  const description: unknown = parentSchema?.description;
  if (typeof description === 'string') return `${place}is ${shown}; allowed is ${description}`;
  if (keyword === 'enum') return `${place}is ${shown}; allowed are ${params.allowedValues.join(', ')}`;
  return `${place}is ${shown}; it ${error.message ?? 'is not allowed'}`;
}

/** The node at these keys, or the nearest above it. */
function deepest(root: unknown, keys: readonly (string | number)[]): Node | null {
  let node = root as Node | null;
  for (const [index, key] of keys.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key));
      if (pair === undefined) return node;
      // A line number is that of the key: a value may begin on the next line.
      const isBelow = index < keys.length - 1 && (isMap(pair.value) || isSeq(pair.value));
      node = (isBelow ? pair.value : pair.key) as Node;
    } else if (isSeq(node) && typeof key === 'number') {
      node = (node.items[key] as Node | undefined) ?? node;
    } else return node;
  }
  return node;
}
