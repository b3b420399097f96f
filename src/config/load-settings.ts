import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { AirgridError } from '../errors.ts';
import { listSettings, type SettingInfo, type Settings } from './settings.ts';

export interface SettingsSources {
  /** Path of a YAML or JSON file; undefined: none. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `server.port` → text as typed, from flags. Wins over the environment, which wins over the file. */
  readonly flags: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Reads, merges and checks all settings. Every wrong one is told at once, each with its name, where it was given,
 * its value and what is allowed.
 * @throws AirgridError `config.invalid`, `config.file-unreadable`
 */
export function loadSettings(sources: SettingsSources): Settings {
  const infos = listSettings();
  const byPath = new Map(infos.map((info) => [info.path, info]));
  const complaints: string[] = [];
  const values = new Map<string, unknown>(infos.map((info) => [info.path, structuredClone(info.default)]));

  const take = (path: string, raw: unknown, origin: string): void => {
    const info = byPath.get(path);
    if (info === undefined) {
      complaints.push(`${path} (${origin}) is not a setting. ${nearbyNames(path, infos)}`);
      return;
    }
    const parsed = parseValue(info, raw);
    if (parsed.ok) values.set(path, parsed.value);
    else complaints.push(`${path} (${origin}) is ${show(raw)}; allowed: ${describeAllowed(info)}.`);
  };

  if (sources.file !== undefined) {
    for (const [path, raw] of flatten(readSettingsFile(sources.file), byPath)) take(path, raw, sources.file);
  }
  const byEnv = new Map(infos.map((info) => [info.env, info.path]));
  for (const [name, raw] of Object.entries(sources.env)) {
    if (!name.startsWith('AIRGRID_') || raw === undefined) continue;
    const path = byEnv.get(name);
    if (path !== undefined) take(path, raw, name);
    else complaints.push(`${name} (environment) is not a setting. The names are in docs/configuration.md.`);
  }
  for (const [path, raw] of Object.entries(sources.flags)) take(path, raw, 'flag');

  if (complaints.length > 0) {
    throw new AirgridError(
      'config.invalid',
      `The configuration is not valid:\n  - ${complaints.join('\n  - ')}`,
      {
        details: { problems: complaints.length },
      },
    );
  }
  return unflatten(values) as Settings;
}

function readSettingsFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AirgridError('config.file-unreadable', `The configuration file ${file} cannot be read.`, {
      cause,
      details: { file },
    });
  }
  try {
    return parseYaml(text) ?? {};
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AirgridError('config.file-unreadable', `${file} is not valid YAML or JSON: ${reason}`, {
      cause,
      details: { file },
    });
  }
}

/** Nested object → dotted paths, stopping at known leaves so that a list stays whole. */
function flatten(node: unknown, known: ReadonlyMap<string, SettingInfo>, prefix = ''): [string, unknown][] {
  if (
    prefix !== '' &&
    (known.has(prefix) || typeof node !== 'object' || node === null || Array.isArray(node))
  ) {
    return [[prefix, node]];
  }
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [['(top level)', node]];
  return Object.entries(node).flatMap(([key, child]) =>
    flatten(child, known, prefix === '' ? key : `${prefix}.${key}`),
  );
}

function unflatten(values: ReadonlyMap<string, unknown>): unknown {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let node = root;
    for (const key of keys) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    node[last] = value;
  }
  return root;
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function parseValue(info: SettingInfo, raw: unknown): Parsed {
  if (info.type === 'list of texts') {
    const items = typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw;
    if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) return { ok: false };
    return { ok: true, value: items.filter((item) => item !== '') };
  }
  if (info.type === 'text') {
    if (typeof raw !== 'string') return { ok: false };
    return info.choices === null || info.choices.includes(raw) ? { ok: true, value: raw } : { ok: false };
  }
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) return { ok: false };
  if (info.type === 'whole number' && !Number.isInteger(value)) return { ok: false };
  if (info.minimum !== null && value < info.minimum) return { ok: false };
  if (info.maximum !== null && value > info.maximum) return { ok: false };
  return { ok: true, value };
}

/** "a whole number from 0 to 65535", for messages and the document. */
export function describeAllowed(info: SettingInfo): string {
  if (info.choices !== null) return `one of ${info.choices.join(', ')}`;
  if (info.type === 'list of texts') return 'a list of texts (in the environment: separated by commas)';
  if (info.type === 'text') return 'a text';
  const unit = info.unit === null ? '' : ` ${info.unit}`;
  return `a ${info.type} from ${info.minimum} to ${info.maximum}${unit}`;
}

function nearbyNames(path: string, infos: readonly SettingInfo[]): string {
  const group = path.split('.')[0];
  const siblings = infos.filter((info) => info.path.split('.')[0] === group);
  const names = (siblings.length > 0 ? siblings : infos).map((info) => info.path);
  return `Settings ${siblings.length > 0 ? `under ${group}` : 'are'}: ${names.join(', ')}.`;
}

function show(raw: unknown): string {
  return typeof raw === 'string' ? `"${raw}"` : JSON.stringify(raw);
}
