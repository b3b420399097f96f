/**
 * Headings under which owners of grid data keep what the reader looks for: English, Chinese, and the pinyin initials
 * that fit the ten characters of a DBF heading. Compared by `squeeze`; the first that holds something wins.
 */
export const HEADINGS = {
  id: [
    'id',
    'cellid',
    'gridid',
    'gridcode',
    'code',
    '编号',
    '编码',
    '代码',
    '网格编号',
    '网格编码',
    '网格代码',
    '网格id',
    'wgbh',
    'wgbm',
    'wgdm',
    'wgid',
  ],
  level: [
    'level',
    'celllevel',
    'gridlevel',
    'lvl',
    '级别',
    '层级',
    '等级',
    '网格级别',
    '网格层级',
    '网格等级',
    'wgjb',
    'wgcj',
  ],
  /** Taken as the level only where the value is one: a type may be anything. */
  levelMaybe: ['网格类型', '类型', 'type', 'gridtype', 'wglx'],
  parent: [
    'parent',
    'parentid',
    'parentcode',
    'pid',
    '上级',
    '上级编号',
    '上级编码',
    '上级代码',
    '上级网格',
    '上级网格编号',
    '上级网格编码',
    '父级',
    '父级编号',
    '父网格',
    '父网格编号',
    '所属网格',
    '所属网格编号',
    'sjwg',
    'sjbh',
    'sjbm',
    'sjwgbh',
    'sswg',
  ],
  name: ['name', 'namezh', 'cellname', 'gridname', '名称', '网格名称', '网格名', 'wgmc', 'mc'],
  nameEn: ['nameen', 'englishname', '英文名', '英文名称', 'ywm', 'ywmc'],
  sample: ['sample'],
  crs: ['crs', 'coordinatesystem', 'coordsys', '坐标系', '坐标系统', '坐标系类型', 'zbx'],
} as const satisfies Record<string, readonly string[]>;

export type Heading = keyof typeof HEADINGS;

/** Ten bytes of a DBF heading hold three Chinese characters in UTF-8: 网格编号 arrives as 网格编. */
const CUT_CHARACTERS = 3;

/** The headings of one kind in the order of preference, with what DBF leaves of the long Chinese ones. */
export const ALIASES: Readonly<Record<Heading, readonly string[]>> = {
  id: withCut(HEADINGS.id),
  level: withCut(HEADINGS.level),
  levelMaybe: withCut(HEADINGS.levelMaybe),
  parent: withCut(HEADINGS.parent),
  name: withCut(HEADINGS.name),
  nameEn: withCut(HEADINGS.nameEn),
  sample: HEADINGS.sample,
  crs: withCut(HEADINGS.crs),
};

function withCut(aliases: readonly string[]): readonly string[] {
  const cut = aliases
    .filter((alias) => alias.length > CUT_CHARACTERS && /^\p{Script=Han}+$/u.test(alias))
    .map((alias) => alias.slice(0, CUT_CHARACTERS));
  return [...new Set([...aliases, ...cut])];
}

/** A heading without case, blanks, dashes and brackets. */
export function squeeze(heading: string): string {
  return heading.toLowerCase().replace(/[\s_\-.:：/()（）]/g, '');
}

/** True for what a missing value looks like in GeoJSON, KML and DBF. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
