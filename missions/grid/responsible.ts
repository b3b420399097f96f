import type { ResponsiblePerson } from '../model.ts';
import { isBlank, squeeze } from './headings.ts';

/** Trimmed text of a string or a finite number; anything else and the empty string are `null`. */
export function text(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

/** Mobile and land-line numbers as they are written in China, and any other run of seven or more digits. */
const PHONE = /\+?\d(?:[\d \-–]{5,18})\d/;
const SEPARATORS = /[、,，;；|\n\r/]+/;

export interface PeopleReading {
  readonly people: readonly ResponsiblePerson[];
  /** Positions of entries without a name. */
  readonly bad: readonly number[];
  readonly count: number;
}

/** People out of one value: a list of `{name, role, phone}`, a single one, the JSON text of either, or "王某某 199-0000-0412；李某". */
export function readPeople(value: unknown): PeopleReading {
  const list = entriesOf(value);
  const people: ResponsiblePerson[] = [];
  const bad: number[] = [];
  list.forEach((entry, index) => {
    const person = typeof entry === 'string' ? personFromText(entry) : personFromRecord(entry);
    if (person === null) bad.push(index);
    else people.push(person);
  });
  return { people, bad, count: list.length };
}

function entriesOf(value: unknown): readonly unknown[] {
  if (isBlank(value)) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  const trimmed = value.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      const parsed: unknown = JSON.parse(trimmed);
      return Array.isArray(parsed) ? parsed : [parsed];
    } catch {
      // No JSON after all: read as plain text, which keeps what it says.
    }
  }
  return trimmed.split(SEPARATORS).filter((part) => part.trim() !== '');
}

const NAME_KEYS = ['name', '姓名', '名字', 'xm'];
const ROLE_KEYS = ['role', 'title', '职务', '角色', '身份', 'zw'];
const PHONE_KEYS = [
  'phone',
  'tel',
  'telephone',
  'mobile',
  '电话',
  '手机',
  '手机号',
  '联系电话',
  '联系方式',
  'dh',
  'lxdh',
];

function personFromRecord(entry: unknown): ResponsiblePerson | null {
  const record = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {};
  const pick = (aliases: readonly string[]): string | null => {
    for (const [key, value] of Object.entries(record)) {
      if (aliases.includes(squeeze(key)) && text(value) !== null) return text(value);
    }
    return null;
  };
  const name = pick(NAME_KEYS);
  return name === null ? null : { name, role: pick(ROLE_KEYS) ?? '', phone: pick(PHONE_KEYS) };
}

function personFromText(entry: string): ResponsiblePerson | null {
  const phone = PHONE.exec(entry)?.[0] ?? null;
  const named = (phone === null ? entry : entry.replace(phone, ' ')).replace(/[()（）:：\s]+/g, ' ').trim();
  return named === '' ? null : { name: named, role: '', phone: phone?.trim() ?? null };
}

/** Columns that hold a person, by squeezed heading, with the role that they state. */
const ROLES: Readonly<Record<string, string>> = {
  网格员: '网格员',
  专职网格员: '专职网格员',
  兼职网格员: '兼职网格员',
  网格长: '网格长',
  副网格长: '副网格长',
  微网格长: '微网格长',
  大网格长: '大网格长',
  小网格长: '小网格长',
  楼栋长: '楼栋长',
  民警: '民警',
  社区民警: '社区民警',
  责任民警: '责任民警',
  包片民警: '包片民警',
  驻村民警: '驻村民警',
  辅警: '辅警',
  责任人: '责任人',
  负责人: '负责人',
  联系人: '联系人',
  管理员: '管理员',
  // Cut by DBF.
  社区民: '社区民警',
  责任民: '责任民警',
  包片民: '包片民警',
  wgy: '网格员',
  wgz: '网格长',
  mj: '民警',
  sqmj: '社区民警',
  zrmj: '责任民警',
  fj: '辅警',
  zrr: '责任人',
  fzr: '负责人',
  lxr: '联系人',
  ldz: '楼栋长',
  police: 'police',
  policeofficer: 'police officer',
  officer: 'officer',
  communityofficer: 'community officer',
  gridmember: 'grid member',
  gridworker: 'grid worker',
  gridchief: 'grid chief',
  contact: 'contact',
  contactperson: 'contact',
  person: '',
  manager: 'manager',
  chief: 'chief',
};

const PHONE_WORD =
  /(?:移动电话|联系电话|联系电|手机号码|电话号码|手机号|手机|电话|联系方式|telephone|phone|mobile|tel|lxdh|sjh|dh|ph)/;
const NAME_WORD = /(?:姓名|名字|名称|name|xm)$/;

interface Column {
  readonly key: string;
  readonly stem: string;
  readonly number: string;
  readonly kind: 'name' | 'phone';
}

/** What a heading such as "网格员2电话", "police_tel" or "WGYDH1" stands for; `null` for no such column. */
function columnOf(key: string): Column | null {
  const squeezed = squeeze(key);
  const number = /\d+/.exec(squeezed)?.[0] ?? '';
  const bare = squeezed.replace(number, '');
  if (isRole(bare)) return { key, stem: bare, number, kind: 'name' };
  const named = bare.replace(NAME_WORD, '');
  if (named !== bare && isRole(named)) return { key, stem: named, number, kind: 'name' };
  const stem = bare.replace(PHONE_WORD, '').replace(/号码?$|的/, '');
  if (stem !== bare && (stem === '' || isRole(stem))) return { key, stem, number, kind: 'phone' };
  return null;
}

const isRole = (word: string): boolean => Object.hasOwn(ROLES, word);

/**
 * People out of flat columns. A telephone column belongs to the person column of the same role and number; one
 * without a role to the first person column of its number. Several people in one value ("张三、李四" with
 * "138…、139…") are paired in order. `unnamed` counts telephones that belong to nobody; their columns stay unused.
 */
export function readFlatPeople(flat: Readonly<Record<string, unknown>>): {
  readonly people: readonly ResponsiblePerson[];
  readonly used: ReadonlySet<string>;
  readonly unnamed: number;
} {
  const columns = Object.keys(flat).flatMap((key) => {
    const column = columnOf(key);
    if (column === null) return [];
    // DBF cuts headings: 网格员电话 arrives as 网格员_1. A column of nothing but digits holds telephones.
    const isNumber = column.kind === 'name' && /^[\d\s+\-–、,，;；/]+$/.test(text(flat[key]) ?? '');
    return [isNumber ? { ...column, kind: 'phone' as const, number: '' } : column];
  });
  const used = new Set<string>();
  const people: ResponsiblePerson[] = [];
  let unnamed = 0;
  const phones = columns.filter((c) => c.kind === 'phone');
  const names = columns.filter((c) => c.kind === 'name' && text(flat[c.key]) !== null);
  for (const column of names) {
    const phone =
      phones.find(
        (p) => !used.has(p.key) && ROLES[p.stem] === ROLES[column.stem] && p.number === column.number,
      ) ??
      phones.find((p) => !used.has(p.key) && p.stem === '' && p.number === column.number) ??
      phones.find((p) => !used.has(p.key) && p.stem === '' && p.number === '' && column === names[0]);
    const entries = (text(flat[column.key]) ?? '')
      .split(SEPARATORS)
      .flatMap((part) => personFromText(part) ?? []);
    if (entries.length === 0) continue;
    const numbers =
      phone === undefined
        ? []
        : (text(flat[phone.key]) ?? '').split(SEPARATORS).filter((n) => n.trim() !== '');
    // More numbers than people: the first person has them all rather than nobody.
    const first = numbers.length > entries.length ? numbers.join(' / ') : numbers[0];
    entries.forEach((person, i) => {
      const number = (i === 0 ? first : numbers.length > entries.length ? undefined : numbers[i])?.trim();
      people.push({ ...person, role: ROLES[column.stem] ?? '', phone: number ?? person.phone });
    });
    used.add(column.key);
    if (phone !== undefined) used.add(phone.key);
  }
  for (const phone of phones) {
    if (used.has(phone.key)) continue;
    // A telephone without anybody: said, and kept among the attributes.
    if (text(flat[phone.key]) !== null && phone.stem !== '') unnamed++;
  }
  return { people, used, unnamed };
}
