import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, Markup } from './markup.js';

/** Part of a chart: SVG elements in a box whose corner is the origin. Colours are variables (themes.ts). */
export interface Drawing {
  width: number;
  height: number;
  elements: string;
}

/** Width of every chart, in CSS pixels. */
export const chartWidth = 560;
export const fontSize = 13;

/** What Observable Plot draws. `options` without width is as wide as a chart. */
export function plotDrawing(options: Plot.PlotOptions & { height: number }): Drawing {
  const { document } = parseHTML('<html><body></body></html>');
  const width = options.width ?? chartWidth;
  const svg = Plot.plot({ document, ...options, width, style: { fontSize: `${fontSize}px` } });
  // Its style sheet is about HTML pages, and would not be alone on one.
  svg.querySelector('style')?.remove();
  const elements = `<g fill="currentColor" font-size="${fontSize}" text-anchor="middle">${svg.innerHTML}</g>`;
  return { width, height: options.height, elements };
}

/** One below the other. */
export function stacked(drawings: readonly Drawing[], gap = 0): Drawing {
  let y = 0;
  const placed = drawings.map((drawing) => {
    const element = translated(drawing, 0, y);
    y += drawing.height + gap;
    return element;
  });
  return {
    width: Math.max(...drawings.map((drawing) => drawing.width)),
    height: Math.max(0, y - gap),
    elements: placed.join(''),
  };
}

/** In rows of so many, from the left, each row as high as its highest. */
export function tiled(drawings: readonly Drawing[], columns: number, gap = 0): Drawing {
  const rows: Drawing[] = [];
  for (let start = 0; start < drawings.length; start += columns) {
    const row = drawings.slice(start, start + columns);
    let x = 0;
    const elements = row.map((drawing) => {
      const element = translated(drawing, x, 0);
      x += drawing.width + gap;
      return element;
    });
    rows.push({
      width: x - gap,
      height: Math.max(...row.map((drawing) => drawing.height)),
      elements: elements.join(''),
    });
  }
  return stacked(rows, gap);
}

const translated = ({ elements }: Drawing, x: number, y: number) =>
  x === 0 && y === 0 ? elements : `<g transform="translate(${x},${y})">${elements}</g>`;

/** On a background of its own, with room around. */
export function framed(drawing: Drawing, padding: number): Drawing {
  const [width, height] = [drawing.width + 2 * padding, Math.ceil(drawing.height + 2 * padding)];
  const background = `<rect width="${width}" height="${height}" fill="var(--card)"/>`;
  return { width, height, elements: background + translated(drawing, padding, padding) };
}

interface TextStyle {
  size?: number;
  weight?: number;
  colour?: string;
  width?: number;
}

/** Lines of text, broken between words where they would be wider than the drawing. */
export function textDrawing(
  text: string,
  { size = fontSize, weight = 400, colour = 'var(--ink)', width = chartWidth }: TextStyle = {},
): Drawing {
  const lines = brokenLines(text, Math.floor(width / (size * 0.55)));
  const lineHeight = Math.round(size * 1.4);
  const elements = lines.map(
    (line, i) =>
      html`<text x="0" y="${size + i * lineHeight}" font-size="${size}" font-weight="${weight}" fill="${colour}">${line}</text>`
        .text,
  );
  return { width, height: lines.length * lineHeight, elements: elements.join('') };
}

function brokenLines(text: string, longest: number): string[] {
  const lines: string[] = [];
  for (const word of text
    .split(/\s+/)
    .flatMap((word) => word.match(new RegExp(`.{1,${longest}}`, 'gu')) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= longest)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export interface LegendItem {
  label: string;
  /** SVG elements in a box of 22 × 12. */
  mark: string;
}

/** Marks and what they mean, side by side in as many lines as it takes. */
export function legendDrawing(items: readonly LegendItem[], width = chartWidth): Drawing {
  const lineHeight = 20;
  let [x, y] = [0, 0];
  const elements = items.map(({ label, mark }) => {
    const itemWidth = 30 + 7 * label.length;
    if (x > 0 && x + itemWidth > width) [x, y] = [0, y + lineHeight];
    const element = html`<g transform="translate(${x},${y})"><g transform="translate(0,4)">${new Markup(mark)}</g><text x="28" y="14" font-size="${fontSize}" fill="var(--muted)">${label}</text></g>`;
    x += itemWidth + 12;
    return element.text;
  });
  return { width, height: y + lineHeight, elements: elements.join('') };
}

/** Marks for legends. */
export const marks = {
  bar: (colour: string) => `<rect x="3" y="0" width="16" height="12" rx="2" fill="${colour}"/>`,
  line: (colour: string, dash = '') =>
    `<path d="M0,6H22" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" fill="none"/>`,
  band: (colour: string) => `<rect x="9" y="-1" width="5" height="14" fill="${colour}" fill-opacity="0.35"/>`,
  interval: '<path d="M1,6H21M1,2V10M21,2V10" stroke="var(--ink)" stroke-width="1.75" fill="none"/>',
  paper: '<path d="M11,0L17,6L11,12L5,6Z" fill="var(--card)" stroke="var(--paper-mark)" stroke-width="2"/>',
  chance: '<path d="M0,6H22" stroke="var(--ink)" stroke-width="1.25" stroke-dasharray="3,3"/>',
  diamond: (colour: string) => `<path d="M11,0.5L15,6L11,11.5L7,6Z" fill="${colour}"/>`,
  dot: (colour: string) =>
    `<circle cx="11" cy="6" r="3.5" fill="${colour}" stroke="var(--card)" stroke-width="1"/>`,
} as const;

/** The drawing as an SVG element for a page that has the colours as variables. */
export function svgElement(drawing: Drawing, description: string): Markup {
  const { width, height, elements } = drawing;
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${description}" viewBox="0 0 ${width} ${Math.ceil(height)}" width="${width}" height="${Math.ceil(height)}" color="var(--ink)" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif">${new Markup(elements)}</svg>`;
}
