import type { FigureOf, FigureView } from '../figure-view.js';
import { columns } from '../table.js';
import {
  ballName,
  listed,
  originName,
  percent,
  percentRange,
  threatName,
  trainingName,
  wholeNumber,
} from '../wording.js';
import { featureUsefulnessChart } from './feature-usefulness-chart.js';

export type FeatureUsefulnessFigure = FigureOf<'feature-usefulness'>;

/** How useful the features of a model are, and how useful they stay when perturbed. */
export const featureUsefulness: FigureView<'feature-usefulness'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'feature-usefulness',
    title,
    rows: rows.flatMap(({ usefulness, ...row }) => {
      const source = sources.read(usefulness, 'feature-usefulness');
      return source === null ? [] : [{ ...row, ...source.result }];
    }),
  }),
  heading: () => 'Useful features, robust and not',
  finding,
  chart: featureUsefulnessChart,
  caption:
    'A dot is one penultimate feature, for the class it separates best from the rest, scaled to mean 0 and variance 1. To the right: usefulness ρ = E[y·f(x)]. Upward: robust usefulness γ = E[min over δ of y·f(x+δ)]. Below the line γ = 0, a feature that is useful is not robustly so.',
  tables: ({ rows }) => [
    {
      title: null,
      columns: columns(
        'model',
        ['seed', 'right'],
        'perturbation',
        ['useful', 'right'],
        ['robustly useful', 'right'],
        ['useful, not robust', 'right'],
        ['95 % interval', 'right'],
        ['pairs', 'right'],
        ['examples', 'right'],
      ),
      rows: rows.map((row) => [
        row.model + (row.point === '' ? '' : ` · ${row.point}`),
        String(row.seed),
        threatName(row.perturbation),
        percent(row.useful.value),
        percent(row.robustlyUseful.value),
        percent(row.usefulNotRobust.value),
        percentRange(row.usefulNotRobust.ci95),
        wholeNumber(row.usefulNotRobust.n),
        wholeNumber(row.n),
      ]),
    },
    {
      title: 'How the models were trained',
      columns: columns('model', 'training'),
      rows: rows.map((row) => [row.model, trainingName(row.training)]),
      detail: true,
    },
  ],
  units: {
    rho: 'standard deviations of the feature',
    gamma: 'standard deviations of the feature',
    useful: 'fraction',
    robustlyUseful: 'fraction',
    usefulNotRobust: 'fraction',
    epsilon: 'in [0,1] pixel units',
    n: 'examples',
  },
  headlines: ({ rows }) =>
    rows.map(({ model, usefulNotRobust: { value, n, ci95 }, ...origin }) => ({
      name: `useful, not robust: ${model} model, ${originName(origin)}`,
      ...{ value, unit: 'fraction', n, ci95 },
    })),
  records: ({ rows }) =>
    rows.flatMap(({ seed, point, model, training, perturbation, points, n }) =>
      points.map(({ feature, class: label, rho, rhoError, gamma, gammaError }) => ({
        ...{ seed, point, model },
        architecture: training.architecture,
        ...{ norm: perturbation.norm, epsilon: perturbation.epsilon, feature, class: label },
        ...{ rho, rhoError, gamma, gammaError, n },
      })),
    ),
};

function finding({ rows }: FeatureUsefulnessFigure): string | null {
  if (rows.length === 0) return null;
  const shares = rows.map(
    ({ model, usefulNotRobust, useful }) =>
      `${percent(usefulNotRobust.value)} for the ${model} model (of ${wholeNumber(useful.n)} pairs of a feature and a class)`,
  );
  const [first] = rows;
  return `Useful but not robust, at ${first ? ballName(first.perturbation) : ''}: ${listed(shares)}.`;
}
