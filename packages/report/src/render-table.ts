import { figureWarnings } from './figure-warnings.js';
import { headingOf, viewOf } from './figures-of.js';
import { type ReportContent, reportTitle, runName, scaleNote } from './report-content.js';
import { tableText } from './table.js';

/** The report as plain text for a terminal: no colour, columns aligned, ends without a newline. */
export function renderTable(report: ReportContent): string {
  const figures = report.figures.map((figure) => {
    const view = viewOf(figure);
    const heading = headingOf(figure);
    const tables = view.tables(figure).filter(({ rows }) => rows.length > 0);
    const finding = view.finding(figure);
    return [
      `${heading}\n${'─'.repeat(heading.length)}`,
      ...tables.map(tableText),
      ...(finding === null ? [] : [finding]),
      ...figureWarnings(figure).map(({ path, message, next }) => `warning: ${path}: ${message}. ${next}`),
    ].join('\n\n');
  });
  const note = scaleNote(report);
  const head = `${reportTitle(report)}\n${runName(report)}`;
  const empty = figures.length === 0 ? ['No results yet.'] : [];
  return [head, ...empty, ...figures, ...(note === null ? [] : [note])].join('\n\n');
}
