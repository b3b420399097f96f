import type { ThemeConfig } from 'antd';
import { theme } from 'antd';
import { colour, fontFamily, size } from './tokens.ts';

type Algorithm = Extract<NonNullable<ThemeConfig['algorithm']>, (...args: never[]) => unknown>;

/** The compact algorithm only knows even type sizes; ours is the middle of them. */
const ownType: Algorithm = (seed, map) => {
  const base = map ?? theme.compactAlgorithm(seed);
  return {
    ...base,
    fontSize: size.font,
    fontSizeSM: size.fontSmall,
    fontSizeLG: size.fontLarge,
    controlHeight: 30,
    controlHeightSM: 24,
    controlHeightLG: 38,
  };
};

/** Ant Design in the console's own colours: dark, compact, square-ish, no shadows for show. */
export const antdTheme: ThemeConfig = {
  algorithm: [theme.darkAlgorithm, theme.compactAlgorithm, ownType],
  token: {
    colorPrimary: colour.accent,
    colorInfo: colour.accent,
    colorSuccess: colour.success,
    colorWarning: colour.warning,
    colorError: colour.alarm,
    colorBgBase: colour.base,
    colorTextBase: colour.text,
    colorBgContainer: colour.raised,
    colorBgElevated: colour.raised,
    colorBgLayout: colour.base,
    colorBorder: colour.lineStrong,
    colorBorderSecondary: colour.line,
    colorText: colour.text,
    colorTextSecondary: colour.textSoft,
    colorTextTertiary: colour.textFaint,
    colorTextDescription: colour.textSoft,
    colorTextPlaceholder: colour.textFaint,
    colorLink: colour.accent,
    borderRadius: size.radius,
    fontFamily,
    fontSize: size.font,
    controlHeight: 32,
    wireframe: false,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Alert: { withDescriptionPadding: '8px 10px', withDescriptionIconSize: 16 },
    Button: {
      primaryColor: colour.onAccent,
      primaryShadow: 'none',
      defaultShadow: 'none',
      dangerShadow: 'none',
    },
    Table: {
      headerBg: colour.panel,
      rowHoverBg: colour.active,
      borderColor: colour.line,
      cellPaddingInlineSM: 10,
      cellPaddingBlockSM: 7,
    },
    Drawer: { colorBgElevated: colour.panel },
    Segmented: { trackBg: colour.base, itemSelectedBg: colour.active },
    Tooltip: { colorBgSpotlight: colour.active },
  },
};
