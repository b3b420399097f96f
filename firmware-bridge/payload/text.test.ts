import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText, tidyText } from './text.ts';

const utf8 = (text: string): readonly number[] => [...Buffer.from(text, 'utf8')];

test.each([
  [utf8('大疆 Zenmuse\0rest'), '大疆 Zenmuse'],
  [utf8('  a \t\r\n b  '), 'a b'],
  // A name that would turn the text after it, or hide in it.
  [utf8('a\u202eb\u200bc\ufeff'), 'abc'],
  [[0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x41], '[31mA'],
  [[0xff, 0xff, 0xfe], null],
  [[0, 65, 66], null],
  [[], null],
])('%j reads as %j', (bytes, text) => {
  expect(cleanText(bytes, 32)).toBe(text);
});

test('longer text is cut at whole characters', () => {
  expect(tidyText('无人机无人机', 4)).toBe('无人机…');
});

test('any bytes give short, plain text or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = cleanText([...bytes], 20);
      if (text === null) return;
      expect([...text].length).toBeLessThanOrEqual(20);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text.trim()).toBe(text);
    }),
  );
});
