import { columns, type Table } from '../table.js';
import { percent, percentRange, setName, threatName, trainingName, wholeNumber } from '../wording.js';
import { type AccuracyFigure, paperRobust } from './accuracy.js';

/** The means with their intervals, n and seeds; and the settings behind them. */
export function accuracyTables(figure: AccuracyFigure): Table[] {
  const hasPoints = figure.means.some(({ point }) => point !== '');
  const paperOf = (value: number | null) => (value === null ? '–' : percent(value));
  const rows = figure.means.flatMap((mean) => {
    const names = [setName(mean.trainedOn), setName(mean.evaluatedOn), ...(hasPoints ? [mean.point] : [])];
    const measures = [
      { name: 'none', value: mean.clean, paper: mean.paper?.clean ?? null },
      ...mean.robust.map(({ attack, whiteBox, robust }) => ({
        name: `${threatName(attack)}${whiteBox ? '' : ' (of another model)'}`,
        value: robust,
        paper: paperRobust(mean, attack.epsilon),
      })),
    ];
    return measures.map(({ name, value, paper }) => [
      ...names,
      name,
      percent(value.mean),
      percentRange(value.ci95),
      wholeNumber(value.n),
      value.seeds.length === 1 ? `seed ${value.seeds[0]}` : `${value.seeds.length} seeds`,
      paperOf(paper),
    ]);
  });
  const blank = hasPoints ? ['', '', ''] : ['', ''];
  return [
    {
      title: null,
      columns: columns(
        'trained on',
        'evaluated on',
        ...(hasPoints ? ['point'] : []),
        'attack',
        ...(['accuracy', '95 % interval', 'n', 'seeds', 'paper'] as const).map((name): [string, 'right'] => [
          name,
          'right',
        ]),
      ),
      rows,
      baseline: ['chance', ...blank, percent(figure.chance), '', '', '', ''],
    },
    {
      title: 'How the models were trained',
      columns: columns('trained on', 'training'),
      rows: distinct(figure.means.map((mean) => [setName(mean.trainedOn), trainingName(mean.training)])),
      detail: true,
    },
  ];
}

function distinct(rows: string[][]): string[][] {
  return [...new Map(rows.map((row) => [row.join('\n'), row])).values()];
}
