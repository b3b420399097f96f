/**
 * The console's visual language in one place: colour, space, type.
 *
 * State colours follow the Okabe-Ito set (told apart with every common kind of colour blindness), lightened
 * for a dark room. A colour never stands alone: each state also has its own glyph and its own word.
 */
export const colour = {
  base: '#0a0e13',
  panel: '#0f151c',
  raised: '#151d26',
  active: '#1c2733',
  line: '#1f2b37',
  lineStrong: '#32434f',
  text: '#dde6ed',
  textSoft: '#9fb0be',
  textFaint: '#7d8f9f',
  accent: '#5ab0f2',
  accentDeep: '#14324a',
  onAccent: '#04121d',
  success: '#3cc8a0',
  warning: '#f0b03f',
  alarm: '#ff7a4d',
  alarmDeep: '#3d1a10',
} as const;

/** One colour a flight state; the glyphs that go with them are in fleet/drone-state.ts. */
export const stateColour = {
  ground: '#93a5b5',
  mission: '#56b4e9',
  guided: '#9ad0f5',
  hold: '#f4d84f',
  return: '#d991c6',
  vertical: '#3cc8a0',
  manual: '#e9a13b',
  unknown: '#b9c4cd',
  lost: '#ff7a4d',
} as const;

/** Zones of the airspace; the hatch and the mark that go with each are in map/zone-layers.ts and airspace/zone-mark.tsx. */
export const zoneColour = { 'no-fly': '#ff8f6b', altitude: '#f0b03f', privacy: '#d991c6' } as const;

/** Lines of several sorties in one plan, told apart by label as well. */
export const routeColours = ['#56b4e9', '#f4d84f', '#d991c6', '#3cc8a0', '#e9a13b', '#9ad0f5'] as const;

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24 } as const;

export const size = {
  topBar: 44,
  safetyBar: 60,
  sidePanel: 312,
  fleetPanel: 344,
  radius: 4,
  fontSmall: 12,
  font: 13,
  fontLarge: 15,
  fontFigure: 20,
} as const;

/** No fonts from elsewhere: what the operating system has, Chinese included. */
export const fontFamily =
  '"Inter", "Segoe UI", "SF Pro Text", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif';

/** The map draws its own glyphs from these; one name is enough for each system. */
export const mapFonts = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Segoe UI'];

/** Publishes the tokens as CSS variables (`--c-accent`, `--s-m`, `--z-top-bar`), so that style sheets name them too. */
export function publishTokens(root: HTMLElement): void {
  const publish = (prefix: string, values: Readonly<Record<string, string | number>>) => {
    for (const [name, value] of Object.entries(values)) {
      const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      root.style.setProperty(`--${prefix}-${kebab}`, typeof value === 'number' ? `${value}px` : value);
    }
  };
  publish('c', colour);
  publish('st', stateColour);
  publish('s', space);
  publish('z', size);
  root.style.setProperty('--font', fontFamily);
}
