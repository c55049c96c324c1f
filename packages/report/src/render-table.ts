import type { ReportFigures } from './report-content.js';
import { normName, percent, percentRange, plainNumber, scaleNote, setName } from './wording.js';

type Align = 'left' | 'right';

/** The report as plain text for a terminal: no colour, columns aligned, ends without a newline. */
export function renderTable(report: ReportFigures): string {
  const title = [report.study, report.profile, `seed ${report.seed}`].filter((part) => part !== null);
  const note = scaleNote(report);
  return [
    title.join(' · '),
    '',
    accuracyTable(report),
    '',
    ...report.rows.flatMap(robustLine),
    ...report.attacks.map(attackLine),
    ...(note === null ? [] : ['', note]),
  ]
    .join('\n')
    .trimEnd();
}

function accuracyTable(report: ReportFigures): string {
  const rows = report.rows.map((row) => [
    setName(row.trainedOn),
    setName(row.evaluatedOn),
    String(row.n),
    percent(row.cleanAccuracy),
    percentRange(row.ci95),
    row.paper === null ? '–' : percent(row.paper),
  ]);
  const header = ['trained on', 'evaluated on', 'n', 'accuracy', '95 % interval', 'paper'];
  const chance = ['chance', '', '', percent(report.chance), '', ''];
  return aligned([header, ...rows, chance], ['left', 'left', 'right', 'right', 'right', 'right']);
}

function aligned(rows: string[][], alignment: Align[]): string {
  const widths = alignment.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const cell = (text: string, i: number) => {
    const width = widths[i] ?? 0;
    return alignment[i] === 'right' ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => row.map(cell).join('   ').trimEnd()).join('\n');
}

function robustLine({ trainedOn, robust }: ReportFigures['rows'][number]): string[] {
  if (robust === null) return [];
  const { norm, epsilon, steps } = robust.attack;
  const model = `robust accuracy of the model trained on ${setName(trainedOn)}`;
  const threat = `${normName(norm)}, epsilon ${plainNumber(epsilon)}, ${steps} steps`;
  return [`${model}: ${percent(robust.robustAccuracy)} of ${robust.n} (${threat})`];
}

function attackLine(attack: ReportFigures['attacks'][number]): string {
  const { dataset, norm, epsilon, steps, successRate, n, maxNorm } = attack;
  const threat = `${normName(norm)}, epsilon ${plainNumber(epsilon)}, ${steps} steps`;
  const outcome = `reached its target in ${percent(successRate)} of ${n}`;
  return `attack for ${setName(dataset)}: ${threat}; ${outcome}; largest perturbation ${plainNumber(maxNorm)}`;
}
