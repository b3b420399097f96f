import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatArea,
  formatClimb,
  formatDistance,
  formatDuration,
  formatHeading,
  formatHeight,
  formatNumber,
  formatPosition,
  timeZoneLabel,
} from './format.ts';
import { initialLanguage } from './i18n.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers for operators', () => {
  it('shows a dash for what was not reported, never zero', () => {
    expect([formatHeight(null), formatHeading(null), formatNumber(Number.NaN), formatDuration(null)]).toEqual(
      ['–', '–', '–', '–'],
    );
  });

  it('says metres below a kilometre and kilometres above', () => {
    expect([999, 1000, 15_432].map((metres) => plain(formatDistance(metres)))).toEqual([
      '999 m',
      '1.00 km',
      '15.4 km',
    ]);
  });

  it('keeps a heading three digits wide and inside the circle', () => {
    expect([0, 7.4, 359.7, -10].map(formatHeading)).toEqual(['000°', '007°', '000°', '350°']);
  });

  it('never shows minus zero', () => {
    expect(plain(formatClimb(-0.01))).toBe('0.0 m/s');
  });

  it('marks a climb with its sign', () => {
    expect([2.5, -1.5].map((rate) => plain(formatClimb(rate)))).toEqual(['+2.5 m/s', '-1.5 m/s']);
  });

  it('counts ages in seconds, then minutes, then hours', () => {
    expect([900, 12_400, 125_000, 7_300_000].map((age) => plain(formatAge(age)))).toEqual([
      '0 s',
      '12 s',
      '2 min',
      '2 h',
    ]);
  });

  it('writes durations as minutes and seconds', () => {
    expect([65, 3729].map(formatDuration)).toEqual(['1:05', '1:02:09']);
  });

  it('writes small areas in square metres and large ones in square kilometres', () => {
    expect([25_012.4, 1_680_000, 50_200_000].map((area) => plain(formatArea(area)))).toEqual([
      '25,012 m²',
      '1.68 km²',
      '50.2 km²',
    ]);
  });

  it('names the hemisphere', () => {
    expect(formatPosition(-25.28, 110.29)).toBe('25.280000°S 110.290000°E');
  });

  it('states the time zone', () => {
    expect([480, 0, -210, 345].map((offset) => timeZoneLabel(offset))).toEqual([
      'UTC+8',
      'UTC',
      'UTC−3:30',
      'UTC+5:45',
    ]);
  });
});

describe('the first language', () => {
  it('is the stored one, else Chinese for Chinese browsers and English for all others', () => {
    expect(initialLanguage('en', ['zh-CN'])).toBe('en');
    expect(initialLanguage(null, ['zh-TW', 'en'])).toBe('zh-CN');
    expect(initialLanguage('klingon', ['de'])).toBe('en');
    expect(initialLanguage(null, [])).toBe('en');
  });
});
