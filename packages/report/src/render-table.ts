import wrapAnsi from 'wrap-ansi';
import { figureWarnings } from './figure-warnings.js';
import { headingOf, viewOf } from './figures-of.js';
import { type ReportContent, reportTitle, runName, scaleNote } from './report-content.js';
import { tableText } from './table.js';

/**
 * The report as plain text for a terminal: no colour, columns of tables aligned, sentences wrapped at `width` characters.
 * Ends without a newline.
 */
export function renderTable(report: ReportContent, width = 100): string {
  const wrapped = (sentences: string) => wrapAnsi(sentences, width);
  const figures = report.figures.map((figure) => {
    const view = viewOf(figure);
    const heading = headingOf(figure);
    const tables = view.tables(figure).filter(({ rows }) => rows.length > 0);
    const finding = view.finding(figure);
    return [
      `${heading}\n${'─'.repeat(heading.length)}`,
      ...tables.map(tableText),
      ...(finding === null ? [] : [wrapped(finding)]),
      ...figureWarnings(figure).map(({ path, message, next }) =>
        wrapped(`warning: ${path}: ${message}. ${next}`),
      ),
    ].join('\n\n');
  });
  const note = scaleNote(report);
  const head = `${reportTitle(report)}\n${runName(report)}`;
  const empty = figures.length === 0 ? ['No results yet.'] : [];
  return [head, ...empty, ...figures, ...(note === null ? [] : [wrapped(note)])].join('\n\n');
}
