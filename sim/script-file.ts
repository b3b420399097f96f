import { readFile } from 'node:fs/promises';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse as parseYaml } from 'yaml';
import { SimError } from './errors.ts';

/** What is in a YAML or JSON file (JSON is YAML). @throws SimError `sim.script-file` naming the file and the reason */
export async function readScriptFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new SimError('sim.script-file', `${path} cannot be read: ${reasonOf(cause)}`, { path }, cause);
  }
  try {
    const content: unknown = parseYaml(text);
    return content;
  } catch (cause) {
    const message = `${path} is not valid YAML or JSON: ${reasonOf(cause)}`;
    throw new SimError('sim.script-file', message, { path }, cause);
  }
}

/**
 * A check that names the first thing that is wrong: where, what is there, what is allowed. Compiled once.
 * The function throws SimError `sim.script-invalid`.
 */
export function checkerOf<T extends TSchema>(schema: T): (value: unknown, where: string) => Static<T> {
  const validator = Compile(schema);
  return (value, where) => {
    if (validator.Check(value)) return value as Static<T>;
    // Of a value that fits none of several, the last error says so for the whole; the branches before it confuse.
    const errors = validator.Errors(value).filter(({ keyword }) => keyword !== 'boolean');
    const [first] = errors;
    const union = errors.find(
      ({ keyword, instancePath }) => keyword === 'anyOf' && instancePath === first?.instancePath,
    );
    const error = union ?? first;
    if (error === undefined) throw new SimError('sim.script-invalid', `${where} is not valid`);
    const path = error.instancePath.split('/').slice(1);
    const place = path.length === 0 ? where : `${where}: ${path.join('.')}`;
    throw new SimError(
      'sim.script-invalid',
      `${place} ${wordsOf(error, valueAt(value, path), schema, path)}`,
    );
  };
}

interface Complaint {
  readonly keyword: string;
  readonly message: string;
  readonly params: object;
}

function wordsOf(error: Complaint, found: unknown, schema: TSchema, path: readonly string[]): string {
  const params = new Map<string, unknown>(Object.entries(error.params));
  if (error.keyword === 'additionalProperties') {
    const known = propertiesAt(schema, path);
    return `has the unknown property ${listed(params.get('additionalProperties'))}; allowed are ${known.join(', ')}`;
  }
  if (error.keyword === 'required') return `lacks ${listed(params.get('requiredProperties'))}`;
  const allowed = allowedAt(schema, path);
  return `is ${JSON.stringify(found) ?? 'missing'}; ${allowed === null ? error.message : `allowed is ${allowed}`}`;
}

function listed(names: unknown): string {
  return Array.isArray(names) ? names.map((name) => `"${String(name)}"`).join(', ') : String(names);
}

/** What JSON Schema says of one place, as far as an explanation needs it. */
interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

function nodeAt(schema: TSchema, path: readonly string[]): Node | null {
  let node: Node | undefined = schema as Node;
  for (const key of path) {
    const inner: Node | undefined =
      node?.anyOf?.find(({ properties }) => properties?.[key] !== undefined) ?? node;
    node = inner?.properties?.[key] ?? inner?.items;
  }
  return node ?? null;
}

function propertiesAt(schema: TSchema, path: readonly string[]): readonly string[] {
  const node = nodeAt(schema, path);
  const own = node?.properties ?? node?.anyOf?.find(({ properties }) => properties !== undefined)?.properties;
  const patterns = Object.keys(node?.patternProperties ?? {}).map((pattern) => `names like ${pattern}`);
  return [...Object.keys(own ?? {}), ...patterns];
}

function allowedAt(schema: TSchema, path: readonly string[]): string | null {
  const node = nodeAt(schema, path);
  return node === null ? null : describe(node);
}

function describe(node: Node): string | null {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.anyOf !== undefined) {
    const parts = node.anyOf.map(describe);
    return parts.includes(null) ? null : parts.join(' or ');
  }
  if (node.type === 'number' || node.type === 'integer') {
    const kind = node.type === 'integer' ? 'a whole number' : 'a number';
    if (node.minimum !== undefined && node.maximum !== undefined)
      return `${kind} from ${node.minimum} to ${node.maximum}`;
    return node.minimum === undefined ? kind : `${kind} of at least ${node.minimum}`;
  }
  if (node.type === 'array')
    return `a list${node.items === undefined ? '' : ` of ${describe(node.items) ?? 'entries'}`}`;
  if (node.type === 'string') return 'a text';
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'null') return 'null';
  if (node.properties !== undefined) return `an object {${Object.keys(node.properties).join(', ')}}`;
  return null;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return at;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * The list in a script: the content itself, or what an object holds under `key`. Null and nothing are an empty list.
 * @throws SimError `sim.script-invalid`
 */
export function listIn(content: unknown, key: string, where: string): readonly unknown[] {
  if (content === null || content === undefined) return [];
  if (Array.isArray(content)) return content;
  if (typeof content === 'object') {
    const entries = Object.entries(content);
    const [only] = entries;
    if (entries.length === 1 && only?.[0] === key) return listIn(only[1], key, where);
  }
  throw new SimError(
    'sim.script-invalid',
    `${where} must hold a list, or an object with "${key}: [...]" alone`,
  );
}
