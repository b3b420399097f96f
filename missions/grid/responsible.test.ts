import { describe, expect, it } from 'vitest';
import { GRID_ISSUE_CODES, IssueList } from './issues.ts';
import { levelFromName, readLevel } from './levels.ts';
import { readProperties, readResponsible } from './properties.ts';

const place = { cellId: 'A', featureIndex: 0 };
const person = (name: string, role: string, phone: string | null): unknown => ({ name, role, phone });

function people(properties: Record<string, unknown>): {
  people: readonly unknown[];
  attributes: Readonly<Record<string, unknown>>;
  codes: string[];
} {
  const issues = new IssueList();
  const { rest } = readProperties(properties, null);
  const { people: found, attributes } = readResponsible(rest, issues, place);
  return { people: found, attributes, codes: issues.issues.map((i) => i.code) };
}

describe('responsible people', () => {
  it.each<[string, Record<string, unknown>, unknown[]]>([
    [
      'a list',
      { responsible: [{ name: '王某', role: '网格员', phone: '1' }] },
      [person('王某', '网格员', '1')],
    ],
    [
      'one record',
      { responsible: { name: '王某', phone: 19900000001 } },
      [person('王某', '', '19900000001')],
    ],
    [
      'JSON text',
      { responsible: '[{"姓名":"王某","职务":"民警","电话":"110"}]' },
      [person('王某', '民警', '110')],
    ],
    ['JSON text of one', { responsible: '{"name":"王某"}' }, [person('王某', '', null)]],
    [
      'plain text',
      { responsible: '王某某 199-0000-0412；李某（13800000000）' },
      [person('王某某', '', '199-0000-0412'), person('李某', '', '13800000000')],
    ],
    ['Chinese columns', { 网格员: '王某', 网格员电话: '199' }, [person('王某', '网格员', '199')]],
    ['columns with 姓名', { 网格员姓名: '王某', 网格员手机号: '199' }, [person('王某', '网格员', '199')]],
    [
      'one telephone for the person',
      { 责任人: '王某', 联系电话: '0773-1234567' },
      [person('王某', '责任人', '0773-1234567')],
    ],
    [
      'pinyin',
      { WGY: '王某', WGYDH: '199', MJ: '李某', MJDH: '110' },
      [person('王某', '网格员', '199'), person('李某', '民警', '110')],
    ],
    [
      'English columns',
      { officer: 'Li', officer_phone: '1', Police: 'Wang', 'police tel': '2' },
      [person('Li', 'officer', '1'), person('Wang', 'police', '2')],
    ],
    [
      'numbered columns',
      { 网格员1: '王某', 电话1: '1', 网格员2: '李某', 电话2: '2' },
      [person('王某', '网格员', '1'), person('李某', '网格员', '2')],
    ],
    [
      'several in one value',
      { 网格员: '王某、李某', 网格员电话: '1、2' },
      [person('王某', '网格员', '1'), person('李某', '网格员', '2')],
    ],
    [
      'fewer telephones than people',
      { 网格员: '王某、李某', 网格员电话: '1' },
      [person('王某', '网格员', '1'), person('李某', '网格员', null)],
    ],
    ['more telephones than people', { 民警: '王某', 民警电话: '1;2' }, [person('王某', '民警', '1 / 2')]],
    [
      'a heading that DBF doubled',
      { 网格员: '王某', 网格员_1: '199-0000-0001' },
      [person('王某', '网格员', '199-0000-0001')],
    ],
    [
      'a name with its number in it',
      { 网格长: '王某 19900000001' },
      [person('王某', '网格长', '19900000001')],
    ],
    [
      'both forms',
      { responsible: [{ name: 'A' }], 民警: 'B' },
      [person('A', '', null), person('B', '民警', null)],
    ],
    ['nobody', { 网格员: '', 网格员电话: null, responsible: null }, []],
  ])('%s', (_, properties, expected) => {
    const read = people(properties);
    expect(read.people).toEqual(expected);
    expect(read.codes).toEqual([]);
  });

  it('keeps free attributes, and does not take a shop for a person', () => {
    const { attributes, people: found } = people({
      id: 'A',
      level: 3,
      商铺数: 12,
      description: '派出所电话另附',
      __proto__x: 1,
      code: 'second code',
    });
    expect(found).toEqual([]);
    expect(attributes).toEqual({
      商铺数: 12,
      description: '派出所电话另附',
      __proto__x: 1,
      code: 'second code',
    });
  });

  it('says what has no name, and loses it nowhere', () => {
    const noName = people({ responsible: [{ phone: '1' }, { name: 'B' }], 民警电话: '110' });
    expect(noName.people).toEqual([person('B', '', null)]);
    expect(noName.codes).toEqual(['grid.bad-responsible', 'grid.bad-responsible']);
    expect(noName.attributes).toEqual({ responsible: [{ phone: '1' }, { name: 'B' }], 民警电话: '110' });
    expect(GRID_ISSUE_CODES['grid.bad-responsible'].severity).toBe('warning');
  });
});

describe('headings', () => {
  it.each([
    [{ 网格编号: 'M1', 网格级别: '微网格', 上级编号: 'S1', 网格名称: '甲' }, ['M1', 3, 'S1', '甲']],
    [{ 网格编: 'M1', 网格级: '微网格', 上级编: 'S1', 网格名: '甲' }, ['M1', 3, 'S1', '甲']],
    [{ WGBH: 'M1', WGJB: 3, SJWGBH: 'S1', WGMC: '甲' }, ['M1', 3, 'S1', '甲']],
    [{ Cell_ID: 'M1', 'Cell Level': '3', Parent_ID: 'S1', NAME: '甲' }, ['M1', 3, 'S1', '甲']],
    [{ ID: '', id: 'M1', type: 'micro', parent: 'S1', name: '甲' }, ['M1', 3, 'S1', '甲']],
  ])('%j', (properties, expected) => {
    const { cellId, level, parentId, name } = readProperties(properties, null);
    expect([cellId, level, parentId, name]).toEqual(expected);
  });

  it('leaves a type that is no level, and a level that is none, among the attributes', () => {
    const { level, rawLevel, rest } = readProperties({ id: 'A', type: '住宅', level: '七级' }, null);
    expect([level, rawLevel, rest]).toEqual([null, '七级', { type: '住宅', level: '七级' }]);
  });
});

describe('levels', () => {
  it.each([
    ['大网格', 1],
    ['小网格.shp', 2],
    ['叠彩区微网格2024', 3],
    ['grid_level2', 2],
    ['L3', 3],
    ['grid-large', 1],
    ['Micro cells', 3],
    ['二级网格', 2],
    ['大网格与小网格', null],
    ['enlarged', null],
    ['grid', null],
    ['level12', null],
    ['2024', null],
  ])('the name %s says %j', (name, level) => {
    expect(levelFromName(name)).toBe(level);
  });

  it.each([
    ['L1', 1],
    ['Level 2', 2],
    ['3级', 3],
    ['constructor', null],
    [4, null],
    [1.5, null],
  ])('the value %j is %j', (value, level) => {
    expect(readLevel(value)).toBe(level);
  });
});
