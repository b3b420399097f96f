import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { scanSource } from './source-scan.test-kit.ts';
import { zhCN } from './zh-CN/index.ts';

const CONSOLE = join(import.meta.dirname, '..');

const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/test/.test(name) && !name.startsWith('i18n'))
  .map((name) => ({ name, ...scanSource(name, readFileSync(join(CONSOLE, name), 'utf8')) }));

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
  });

  it('ask for the same values in each sentence', () => {
    const different = Object.keys(en).filter(
      (key) => placeholders(en[key] ?? '').join() !== placeholders(zhCN[key] ?? '').join(),
    );
    expect(different).toEqual([]);
  });

  it('leave no sentence empty', () => {
    expect([...Object.entries(en), ...Object.entries(zhCN)].filter(([, text]) => text.trim() === '')).toEqual(
      [],
    );
  });

  it('keep Chinese out of the English texts', () => {
    const exempt = new Set(['app.other-language', 'app.switch-language']);
    expect(
      Object.entries(en).filter(([key, text]) => /\p{Script=Han}/u.test(text) && !exempt.has(key)),
    ).toEqual([]);
  });
});

describe('the console’s sources', () => {
  it('use only keys that exist', () => {
    const missing = sources.flatMap(({ name, keys }) =>
      keys.filter((key) => !(key in en)).map((key) => `${name}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('compose only keys whose family exists', () => {
    const families = sources.flatMap(({ name, prefixes }) =>
      prefixes
        .filter((prefix) => !Object.keys(en).some((key) => key.startsWith(prefix)))
        .map((prefix) => `${name}: ${prefix}…`),
    );
    expect(families).toEqual([]);
  });

  it('hold no text that is not translated', () => {
    expect(sources.flatMap(({ literals }) => literals)).toEqual([]);
  });

  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(60);
  });
});

describe('the scan itself', () => {
  it('sees text, spoken attributes, keys and composed keys', () => {
    const source = [
      'const A = () => <p title="Shown">Hello',
      "{t('a.b')} {t(x ? 'c.d' : 'e.f')} {t(`state.$",
      "{s}`)} {'word'}</p>;",
    ].join('');
    const found = scanSource('a.tsx', source);
    expect(found.keys).toEqual(['a.b', 'c.d', 'e.f']);
    expect(found.prefixes).toEqual(['state.']);
    expect(found.literals).toEqual(['a.tsx:1 Shown', 'a.tsx:1 Hello', 'a.tsx:1 word']);
  });
});
