import { theme as antd, type ThemeConfig } from 'antd';

const fontFamily =
  'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

const shared = {
  fontFamily,
  fontSize: 14,
  lineHeight: 1.5,
  controlHeight: 32,
  controlHeightSM: 26,
  controlHeightLG: 40,
  borderRadius: 6,
  borderRadiusLG: 10,
  borderRadiusSM: 4,
  sizeUnit: 4,
  wireframe: false,
  motionDurationFast: '0.08s',
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.18s',
  controlOutlineWidth: 3,
};

const light = {
  colorPrimary: '#2456d6',
  colorInfo: '#2456d6',
  colorLink: '#1f4cc2',
  colorError: '#c62a2f',
  colorSuccess: '#1b7a4b',
  // What is derived from so dark a green or brown would be grey.
  colorSuccessBg: '#e8f5ee',
  colorSuccessBorder: '#9fd3b7',
  colorWarning: '#9a5b00',
  colorWarningBg: '#fff5df',
  colorWarningBorder: '#ecc987',
  colorText: '#171a21',
  colorTextSecondary: '#525a69',
  colorTextTertiary: '#616a79',
  colorTextDescription: '#616a79',
  colorTextPlaceholder: '#6b7382',
  colorTextDisabled: '#767d8b',
  colorBorder: '#d5d9e0',
  colorBorderSecondary: '#e7e9ee',
  colorBgLayout: '#f6f7f9',
  colorBgContainer: '#ffffff',
  colorBgElevated: '#ffffff',
  colorBgMask: 'rgba(18, 22, 31, 0.32)',
  boxShadow: '0 12px 32px -8px rgba(18, 22, 31, 0.18), 0 2px 8px rgba(18, 22, 31, 0.06)',
  boxShadowSecondary: '0 12px 32px -8px rgba(18, 22, 31, 0.18), 0 2px 8px rgba(18, 22, 31, 0.06)',
};

const dark = {
  colorPrimary: '#4169e1',
  colorInfo: '#4169e1',
  colorLink: '#93b0ff',
  colorError: '#f0716f',
  colorSuccess: '#4cc38a',
  colorWarning: '#e2a33b',
  colorText: '#e9ebf0',
  colorTextSecondary: '#a9b0bd',
  colorTextTertiary: '#979eac',
  colorTextDescription: '#979eac',
  colorTextPlaceholder: '#8d95a4',
  colorTextDisabled: '#7d8594',
  colorBorder: '#343a46',
  colorBorderSecondary: '#262b34',
  colorBgLayout: '#0e1015',
  colorBgContainer: '#15181f',
  colorBgElevated: '#1b1f28',
  colorBgMask: 'rgba(0, 0, 0, 0.55)',
  boxShadow: '0 16px 40px -8px rgba(0, 0, 0, 0.6)',
  boxShadowSecondary: '0 16px 40px -8px rgba(0, 0, 0, 0.6)',
};

/** What a thumb can hit; small ones stand where rows would grow too tall. */
const thumb = { controlHeight: 40, controlHeightSM: 34, controlHeightLG: 44 };

type Wishes = { isDark: boolean; isStill: boolean; isTouch: boolean };

export function themeConfig({ isDark, isStill, isTouch }: Wishes): ThemeConfig {
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: { ...shared, ...(isTouch && thumb), motion: !isStill, ...(isDark ? dark : light) },
    components: {
      Button: {
        fontWeight: 500,
        primaryShadow: 'none',
        defaultShadow: isDark ? 'none' : '0 1px 1px rgba(18, 22, 31, 0.05)',
        dangerShadow: 'none',
        dangerColor: isDark ? '#240b0b' : '#ffffff', // white on the light red of dark mode is too faint
        // Under the pointer, too, white must stay readable: the usual lighter shade is too faint.
        colorPrimaryHover: isDark ? '#3a5fd0' : '#1f4cc2',
        defaultHoverColor: isDark ? dark.colorLink : light.colorLink,
        defaultHoverBorderColor: isDark ? dark.colorLink : light.colorLink,
        ...(isDark ? {} : { colorErrorHover: '#ab2328' }),
        paddingInline: 12,
        contentFontSizeSM: 13,
      },
      Form: { labelFontSize: 13, itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      Drawer: { paddingLG: 20 },
      Modal: { titleFontSize: 16 },
      Tooltip: { fontSize: 12.5 as never },
      Segmented: { trackPadding: 2, trackBg: isDark ? '#252a34' : '#e9ecf1' },
      Tabs: {
        itemSelectedColor: isDark ? dark.colorLink : light.colorLink,
        itemHoverColor: isDark ? dark.colorLink : light.colorLink,
      },
      Select: { optionSelectedFontWeight: 500 },
      // An empty box is all outline: it needs three to one against what it stands on.
      Checkbox: { colorBorder: isDark ? '#6f7888' : '#878f9d' },
      Radio: { colorBorder: isDark ? '#6f7888' : '#878f9d' },
    },
  };
}
