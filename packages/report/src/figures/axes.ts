import * as Plot from '@observablehq/plot';

/** How axes look in every chart: a grid, no ticks, the title in the middle. */

interface AxisOptions {
  label: string;
  ticks?: number | readonly number[];
  tickFormat?: (value: number) => string;
  labelOffset?: number;
}

const style = { tickSize: 0, labelAnchor: 'center', labelArrow: 'none', fill: 'var(--muted)' } as const;

export const axisX = ({ ticks, ...options }: AxisOptions) => [
  Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1, ...(ticks === undefined ? {} : ticksOf(ticks)) }),
  Plot.axisX({ ...style, ...(ticks === undefined ? {} : ticksOf(ticks)), ...options }),
];

export const axisY = ({ ticks, ...options }: AxisOptions) => [
  Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ...(ticks === undefined ? {} : ticksOf(ticks)) }),
  Plot.axisY({ ...style, ...(ticks === undefined ? {} : ticksOf(ticks)), ...options }),
];

const ticksOf = (ticks: number | readonly number[]) => ({
  ticks: typeof ticks === 'number' ? ticks : [...ticks],
});

export const percentTick = (value: number): string => `${Number(value.toFixed(1))} %`;
