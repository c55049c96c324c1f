import { settingName } from '@toogit/core';
import type { FigureOf, FigureView } from '../figure-view.js';
import { type Correlation, pearson, spearman } from '../statistics/correlation.js';
import { columns } from '../table.js';
import { architectureName, percent, percentRange, signed, wholeNumber } from '../wording.js';
import { transferChart } from './transfer-chart.js';

export type TransferFigure = FigureOf<'transfer'>;

/** Whether architectures that the examples transfer to better also learn more from them. */
export const transfer: FigureView<'transfer'> = {
  assemble({ title, rows: definitions }, sources) {
    const found = definitions.flatMap(({ learned, transferred, ...row }) => {
      const [accuracy, rate] = [sources.read(learned, 'evaluate'), sources.read(transferred, 'evaluate')];
      const transferRate = rate?.result.adversarial?.attackSuccess;
      if (!accuracy || !transferRate) return [];
      const { clean, perClassAccuracy } = accuracy.result;
      return [{ row: { ...row, accuracy: clean, transferRate }, classes: perClassAccuracy.length }];
    });
    const rows = found.map(({ row }) => row);
    const chance = 1 / (found[0]?.classes ?? 1);
    const pairs = rows.map(({ transferRate, accuracy }) => [transferRate.value, accuracy.accuracy] as const);
    return { kind: 'transfer', title, chance, rows, pearson: pearson(pairs), spearman: spearman(pairs) };
  },
  heading: () => 'Accuracy against transfer rate',
  finding,
  chart: transferChart,
  caption:
    'A mark is one seed of one architecture. Upward: accuracy on the original test set after training on the synthesised set. To the right: share of the source model’s adversarial examples that a standard model of the architecture takes for their target. Bars: 95 % intervals over the examples (Wilson). The intervals of the correlations are bootstrap percentiles over the models, those of one architecture taken as independent of each other.',
  tables: ({ rows, pearson, spearman }) => [
    {
      title: null,
      columns: columns(
        'architecture',
        ['seed', 'right'],
        ['transfer rate', 'right'],
        ['95 % interval', 'right'],
        ['n', 'right'],
        ['accuracy', 'right'],
        ['95 % interval', 'right'],
        ['n', 'right'],
      ),
      rows: rows.map(({ training, seed, transferRate, accuracy }) => [
        `${architectureName(training.architecture)}, width ${settingName(training.width)}`,
        String(seed),
        percent(transferRate.value),
        percentRange(transferRate.ci95),
        wholeNumber(transferRate.n),
        percent(accuracy.accuracy),
        percentRange(accuracy.ci95),
        wholeNumber(accuracy.n),
      ]),
    },
    {
      title: 'Correlation',
      columns: columns(
        'coefficient',
        ['value', 'right'],
        ['95 % interval', 'right'],
        ['points', 'right'],
        ['bootstrap resamples', 'right'],
      ),
      rows: [
        ...correlationRow('Pearson', pearson, rows.length),
        ...correlationRow('Spearman', spearman, rows.length),
      ],
    },
  ],
  units: {
    accuracy: 'fraction',
    transferRate: 'fraction',
    ci95: 'fraction',
    n: 'examples',
    coefficient: '1',
  },
  headlines: ({ rows, pearson, spearman }) =>
    Object.entries({ Pearson: pearson, Spearman: spearman }).flatMap(([name, correlation]) =>
      correlation === null
        ? []
        : [
            {
              name: `${name} correlation of accuracy and transfer rate`,
              ...{ value: correlation.coefficient, unit: '1', n: rows.length, ci95: correlation.ci95 },
            },
          ],
    ),
  records: ({ rows }) =>
    rows.map(({ training, seed, point, accuracy, transferRate }) => ({
      ...{ seed, point },
      architecture: training.architecture,
      width: training.width,
      depth: training.depth,
      transferRate: transferRate.value,
      transferRateLow: transferRate.ci95[0],
      transferRateHigh: transferRate.ci95[1],
      transferRateN: transferRate.n,
      accuracy: accuracy.accuracy,
      accuracyLow: accuracy.ci95[0],
      accuracyHigh: accuracy.ci95[1],
      accuracyN: accuracy.n,
    })),
};

const correlationRow = (name: string, value: Correlation | null, n: number) =>
  value === null
    ? []
    : [
        [
          name,
          signed(value.coefficient),
          `${signed(value.ci95[0])} – ${signed(value.ci95[1])}`,
          String(n),
          wholeNumber(value.resamples),
        ],
      ];

/** Where models do not lie above chance, no sentence claims that they learn: a correlation alone does not show it. */
function finding({ rows, pearson, chance }: TransferFigure): string | null {
  if (pearson === null) return null;
  const { coefficient, ci95 } = pearson;
  const measured = `Over ${rows.length} models of ${new Set(rows.map((row) => row.training.architecture)).size} architectures, accuracy and transfer rate correlate at ${signed(coefficient)} (95 % bootstrap interval ${signed(ci95[0])} to ${signed(ci95[1])})`;
  const below = rows.filter(({ accuracy }) => accuracy.ci95[0] <= chance).length;
  if (below > 0) {
    const above = rows.length - below;
    const which = above === 0 ? 'none of them lies' : `only ${above} of them ${above === 1 ? 'lies' : 'lie'}`;
    return `${measured}; ${which} above chance (${percent(chance)}), so this does not show that architectures learn from the examples that transfer to them.`;
  }
  if (ci95[0] > 0) {
    return `${measured}: architectures that the examples transfer to more also learn more from them.`;
  }
  return ci95[1] < 0
    ? `${measured}: more transfer goes with less learned, against what the paper finds.`
    : `${measured}; the interval does not exclude 0.`;
}
