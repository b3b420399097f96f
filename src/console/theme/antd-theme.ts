import type { ThemeConfig } from 'antd';
import { theme } from 'antd';
import { colour, fontFamily, size } from './tokens.ts';

/** Ant Design in the console's own colours: dark, compact, square-ish, no shadows for show. */
export const antdTheme: ThemeConfig = {
  algorithm: [theme.darkAlgorithm, theme.compactAlgorithm],
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
    Button: {
      primaryColor: colour.onAccent,
      primaryShadow: 'none',
      defaultShadow: 'none',
      dangerShadow: 'none',
    },
    Table: { headerBg: colour.panel, rowHoverBg: colour.active, borderColor: colour.line },
    Drawer: { colorBgElevated: colour.panel },
    Segmented: { trackBg: colour.base, itemSelectedBg: colour.active },
    Tooltip: { colorBgSpotlight: colour.active },
  },
};
