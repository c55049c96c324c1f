import { distanceName } from '@toogit/core';
import type { FigureOf } from '../figure-view.js';
import { rowLabels } from '../row-labels.js';
import { columns, type Table } from '../table.js';
import { evaluatedName, percent, percentRange, threatName, trainingName, wholeNumber } from '../wording.js';
import { paperRobust } from './paper-robust.js';

/** The means with their intervals, n and seeds; and the settings behind them. */
export function accuracyTables(figure: FigureOf<'accuracy'>): Table[] {
  const labels = rowLabels(figure.means);
  const paperOf = (value: number | null) => (value === null ? '–' : percent(value));
  const rows = figure.means.flatMap((mean, i) => {
    const names = [labels[i] ?? '', evaluatedName(mean)];
    const measures = [
      { name: 'none', value: mean.clean, paper: mean.paper?.clean ?? null },
      ...mean.robust.map(({ attack, whiteBox, robust }) => ({
        name: attackName({ attack, whiteBox }),
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
    ...attackedImages(figure, labels),
    {
      title: 'How the models were trained',
      columns: columns('trained on', 'training'),
      rows: figure.means.map((mean, i) => [labels[i] ?? '', trainingName(mean.training)]),
      detail: true,
    },
  ];
}

type Attacked = FigureOf<'accuracy'>['means'][number]['robust'][number];

const attackName = ({ attack, whiteBox }: Pick<Attacked, 'attack' | 'whiteBox'>) =>
  `${threatName(attack)}${whiteBox ? '' : ' (of another model)'}`;

/** Of the very images that were attacked: how many were right before, and how far they were moved. */
function attackedImages({ means }: FigureOf<'accuracy'>, labels: readonly string[]): Table[] {
  const distance = (norm: number) => distanceName(Number(norm.toPrecision(3)));
  const table = {
    title: 'The attacked images',
    columns: columns(
      'trained on',
      'attack',
      ...(['clean', 'under attack', 'mean norm', 'longest', 'n'] as const).map((name): [string, 'right'] => [
        name,
        'right',
      ]),
    ),
    rows: means.flatMap(({ robust }, i) =>
      robust.map((attacked) => [
        labels[i] ?? '',
        attackName(attacked),
        percent(attacked.clean.mean),
        percent(attacked.robust.mean),
        distance(attacked.meanNorm),
        distance(attacked.maxNorm),
        wholeNumber(attacked.robust.n),
      ]),
    ),
    detail: true,
  };
  return table.rows.length === 0 ? [] : [table];
}
