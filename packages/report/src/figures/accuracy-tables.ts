import { rowLabels } from '../row-labels.js';
import { columns, type Table } from '../table.js';
import { percent, percentRange, setName, threatName, trainingName, wholeNumber } from '../wording.js';
import type { AccuracyFigure } from './accuracy.js';
import { paperRobust } from './paper-robust.js';

/** The means with their intervals, n and seeds; and the settings behind them. */
export function accuracyTables(figure: AccuracyFigure): Table[] {
  const labels = rowLabels(figure.means);
  const paperOf = (value: number | null) => (value === null ? '–' : percent(value));
  const rows = figure.means.flatMap((mean, i) => {
    const names = [labels[i] ?? '', setName(mean.evaluatedOn)];
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
  return [
    {
      title: null,
      columns: columns(
        'trained on',
        'evaluated on',
        'attack',
        ...(['accuracy', '95 % interval', 'n', 'seeds', 'paper'] as const).map((name): [string, 'right'] => [
          name,
          'right',
        ]),
      ),
      rows,
      baseline: ['chance', '', '', percent(figure.chance), '', '', '', ''],
    },
    {
      title: 'How the models were trained',
      columns: columns('trained on', 'training'),
      rows: figure.means.map((mean, i) => [labels[i] ?? '', trainingName(mean.training)]),
      detail: true,
    },
  ];
}
