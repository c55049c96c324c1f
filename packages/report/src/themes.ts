/** The colours of charts and page by theme: what `var(--name)` stands for. Series colours after Okabe and Ito 2008. */
export const themes = {
  light: {
    page: '#faf8f4',
    card: '#ffffff',
    ink: '#1d1b18',
    muted: '#6b655c',
    line: '#e4dfd5',
    accent: '#1f6f78',
    reference: '#b3b9bd',
    'paper-mark': '#c2571a',
    'series-1': '#1f6f78',
    'series-2': '#d5730a',
    'series-3': '#7b5aa6',
    'series-4': '#3b8fd0',
    'series-5': '#b0406a',
    'series-6': '#6f7f1c',
    'heat-low': '#eef3f3',
    'heat-high': '#1f6f78',
  },
  dark: {
    page: '#16181a',
    card: '#1e2124',
    ink: '#ece8e1',
    muted: '#a09a90',
    line: '#33373a',
    accent: '#4fb3bd',
    reference: '#565d63',
    'paper-mark': '#f0935a',
    'series-1': '#4fb3bd',
    'series-2': '#f0a13c',
    'series-3': '#b79be0',
    'series-4': '#79b8f0',
    'series-5': '#ec86ab',
    'series-6': '#b3c35a',
    'heat-low': '#262b2e',
    'heat-high': '#4fb3bd',
  },
} as const;

export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as [Theme, ...Theme[]];

/** `--name: colour; …`, for a style sheet. */
export const cssVariables = (theme: Theme): string =>
  Object.entries(themes[theme])
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

/** A chart with its colours written out, for programs that know no CSS variables. */
export const withColours = (svg: string, theme: Theme): string =>
  svg.replaceAll(/var\(--([\w-]+)\)/g, (variable, name: string) => {
    const colours: Record<string, string> = themes[theme];
    return colours[name] ?? variable;
  });

const seriesCount = 6;

/** The colour of the n-th series, and a symbol that distinguishes it without colour. */
export const seriesColour = (index: number): string => `var(--series-${(index % seriesCount) + 1})`;

const symbols = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross', 'wye'] as const;
export const seriesSymbol = (index: number) => symbols[index % symbols.length] as (typeof symbols)[number];
