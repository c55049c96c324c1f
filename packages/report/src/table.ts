import { html, type Markup } from './markup.js';
import { withSets } from './set-markup.js';

export interface Column {
  name: string;
  align: 'left' | 'right';
}

/** Rows of text under headings, for pages and terminals alike. */
export interface Table {
  title: string | null;
  columns: Column[];
  rows: string[][];
  /** A last row that is no measurement: what guessing gives. */
  baseline?: string[];
  /** Worth looking up, not reading. */
  detail?: boolean;
}

/** `[name, 'right']` and so on, as columns. */
export const columns = (...names: (string | [string, 'right'])[]): Column[] =>
  names.map((name) =>
    typeof name === 'string' ? { name, align: 'left' } : { name: name[0], align: 'right' },
  );

/** Columns aligned, three spaces between. */
export function tableText({ title, columns, rows, baseline }: Table): string {
  const lines = [columns.map(({ name }) => name), ...rows, ...(baseline ? [baseline] : [])];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)));
  const text = lines.map((line) =>
    columns
      .map(({ align }, i) => {
        const [cell, width] = [line[i] ?? '', widths[i] ?? 0];
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('   ')
      .trimEnd(),
  );
  return [...(title === null ? [] : [title]), ...text].join('\n');
}

export function tableHtml({ title, columns, rows, baseline, detail }: Table): Markup {
  const side = (i: number) => (columns[i]?.align === 'left' ? html` class="name"` : null);
  const line = (
    cells: string[],
    kind: string | null,
  ) => html`<tr${kind === null ? null : html` class="${kind}"`}>${cells.map((cell, i) =>
    i === 0
      ? html`<th scope="row"${side(i)} data-column="${columns[i]?.name ?? ''}"><span>${withSets(cell)}</span></th>`
      : html`<td${side(i)} data-column="${columns[i]?.name ?? ''}">${cell === '' ? null : html`<span>${withSets(cell)}</span>`}</td>`,
  )}</tr>
`;
  const table = html`<div class="card scroll"><table>
<thead><tr>${columns.map(({ name }, i) => html`<th scope="col"${side(i)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => line(row, null))}${baseline ? line(baseline, 'chance') : null}</tbody>
</table></div>`;
  if (detail) return html`<details><summary>${title ?? 'More'}</summary>${table}</details>`;
  return title === null ? table : html`<h3>${title}</h3>${table}`;
}
