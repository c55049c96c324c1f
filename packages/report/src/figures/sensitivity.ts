import { canonicalJson, settingName } from '@toogit/core';
import { evaluationWarnings } from '../evaluation-warnings.js';
import type { FigureOf, FigureView } from '../figure-view.js';
import { grouped } from '../statistics/grouped.js';
import { meanOverSeeds } from '../statistics/mean-over-seeds.js';
import { columns } from '../table.js';
import {
  evaluatedName,
  listed,
  percent,
  percentRange,
  setName,
  trainingName,
  wholeNumber,
} from '../wording.js';
import { sensitivityChart } from './sensitivity-chart.js';

export type SensitivityFigure = FigureOf<'sensitivity'>;
type Row = SensitivityFigure['rows'][number];
type Mean = SensitivityFigure['means'][number];

/** Accuracy over learning rate and augmentation: where learning works, and the cliff beyond which it does not. */
export const sensitivity: FigureView<'sensitivity'> = {
  assemble({ title, rows: definitions }, sources) {
    const found = definitions.flatMap(({ evaluation, ...row }) => {
      const source = sources.read(evaluation, 'evaluate');
      if (source === null) return [];
      const { clean, split, perClassAccuracy } = source.result;
      const warnings = evaluationWarnings(row.trainedOn, source.result);
      return [{ row: { ...row, split, clean, warnings }, classes: perClassAccuracy.length }];
    });
    const rows = found.map(({ row }) => row);
    return { kind: 'sensitivity', title, chance: 1 / (found[0]?.classes ?? 1), rows, means: meansOf(rows) };
  },
  heading: () => 'Accuracy over the learning rate',
  finding,
  chart: sensitivityChart,
  caption:
    'A dot is one seed, the line joins the means. Share of the images classified right; learning rate on a logarithmic axis.',
  tables: (figure) => [
    {
      title: null,
      columns: columns(
        'trained on',
        'evaluated on',
        ['learning rate', 'right'],
        'augmentation',
        ['accuracy', 'right'],
        ['95 % interval', 'right'],
        ['n', 'right'],
        ['seeds', 'right'],
      ),
      rows: figure.means.map(({ trainedOn, evaluatedOn, split, training, clean }) => [
        setName(trainedOn),
        evaluatedName({ evaluatedOn, split }),
        settingName(training.learningRate),
        training.augmentation,
        percent(clean.mean),
        percentRange(clean.ci95),
        wholeNumber(clean.n),
        String(clean.seeds.length),
      ]),
      baseline: ['chance', '', '', '', percent(figure.chance), '', '', ''],
    },
  ],
  units: { accuracy: 'fraction', ci95: 'fraction', learningRate: '1', n: 'examples' },
  headlines: ({ means }) => {
    const [best] = means.toSorted((a, b) => b.clean.mean - a.clean.mean);
    if (!best) return [];
    const { mean, n, ci95 } = best.clean;
    const name = `best clean accuracy, at learning rate ${settingName(best.training.learningRate)}`;
    return [{ name, value: mean, unit: 'fraction', n, ci95 }];
  },
  records: ({ rows }) =>
    rows.map(({ training, clean, warnings: _, ...row }) => ({
      ...row,
      architecture: training.architecture,
      width: training.width,
      epochs: training.epochs,
      learningRate: training.learningRate,
      augmentation: training.augmentation,
      n: clean.n,
      accuracy: clean.accuracy,
      low: clean.ci95[0],
      high: clean.ci95[1],
    })),
};

/** By whatever but the seed, from the lowest learning rate to the highest. */
function meansOf(rows: readonly Row[]): Mean[] {
  const groups = grouped(rows, ({ seed: _, clean: __, warnings: ___, ...facts }) => canonicalJson(facts));
  const means = groups.map((group) => {
    const { trainedOn, evaluatedOn, split, point, training } = group[0];
    const clean = meanOverSeeds(group.map(({ seed, clean }) => ({ seed, accuracy: clean })));
    return { trainedOn, evaluatedOn, split, point, training, clean };
  });
  return means.sort((a, b) => a.training.learningRate - b.training.learningRate);
}

/** Where it works best, and where nothing is learned. */
function finding({ means, chance }: SensitivityFigure): string | null {
  const best = means.toSorted((a, b) => b.clean.mean - a.clean.mean)[0];
  if (!best || means.length < 2) return null;
  const where = ({ training, trainedOn }: Mean) =>
    `${settingName(training.learningRate)} (${setName(trainedOn)}, ${training.augmentation === 'none' ? 'no augmentation' : training.augmentation})`;
  const failed = means.filter(({ clean }) => clean.ci95[0] <= chance);
  const cliff =
    failed.length === 0
      ? `Every setting lies above chance (${percent(chance)}).`
      : `At ${listed(failed.map(where))} the interval does not lie above chance (${percent(chance)}).`;
  return `The best of ${means.length} settings, learning rate ${where(best)}, gives ${percent(best.clean.mean)}. ${cliff} The settings are part of the finding. Otherwise: ${trainingName(best.training)}.`;
}
