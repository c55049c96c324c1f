import { type AttackParams, canonicalJson } from '@toogit/jobs';
import type { FigureSources } from '../figure-sources.js';
import type { DefinitionOf, FigureOf, FigureRecord, FigureView, Headline } from '../figure-view.js';
import { rowLabels } from '../row-labels.js';
import { grouped } from '../statistics/grouped.js';
import { meanOverSeeds } from '../statistics/mean-over-seeds.js';
import { attackLabels } from '../wording.js';
import { accuracyChart } from './accuracy-chart.js';
import { accuracyFinding } from './accuracy-finding.js';
import { accuracyTables } from './accuracy-tables.js';
import { paperRobust } from './paper-robust.js';

export type AccuracyFigure = FigureOf<'accuracy'>;
type Row = AccuracyFigure['rows'][number];
type Mean = AccuracyFigure['means'][number];

/** Clean and robust accuracy by what a model was trained on, beside the paper's. */
export const accuracy: FigureView<'accuracy'> = {
  assemble(definition, sources) {
    const found = definition.rows.flatMap((row) => assembleRow(row, sources));
    const rows = found.map(({ row }) => row);
    const classes = found[0]?.classes ?? 1;
    return { kind: 'accuracy', title: definition.title, chance: 1 / classes, rows, means: meansOf(rows) };
  },
  heading: () => 'Accuracy on unaltered images, and under attack',
  finding: accuracyFinding,
  chart: accuracyChart,
  caption:
    'Bars: share of the images classified right. Intervals: 95 %, over seeds (Student’s t) where there are several, else over the examples (Wilson).',
  tables: accuracyTables,
  units: { accuracy: 'fraction', ci95: 'fraction', epsilon: 'in [0,1] pixel units', n: 'examples' },
  headlines: ({ means }) => {
    const labels = rowLabels(means);
    const nameOf = attackLabels(means.flatMap(({ robust }) => robust.map(({ attack }) => attack)));
    return means.flatMap((mean, i) => [
      headline(`clean accuracy, ${labels[i]}`, mean.clean),
      ...mean.robust.map(({ attack, robust }) =>
        headline(`robust accuracy at ${nameOf(attack)}, ${labels[i]}`, robust),
      ),
    ]);
  },
  records: ({ rows, means }) => [
    ...rows.flatMap((row) => recordsOf(row, [row.seed], 'measurement')),
    // Of one seed the mean is the measurement.
    ...means
      .filter((mean) => mean.clean.seeds.length > 1)
      .flatMap((mean) => recordsOf(mean, mean.clean.seeds, 'mean')),
  ],
};

function assembleRow(
  definition: DefinitionOf<'accuracy'>['rows'][number],
  sources: FigureSources,
): { row: Row; classes: number }[] {
  const { evaluations, ...facts } = definition;
  const found = evaluations.map((index) => sources.read(index, 'evaluate'));
  if (found.some((source) => source === null)) return [];
  const results = found.flatMap((source) => (source === null ? [] : [source.result]));
  const [first] = results;
  if (!first) return [];
  const robust = results.flatMap(({ adversarial }) =>
    adversarial === null
      ? []
      : [{ attack: adversarial.attack, whiteBox: adversarial.whiteBox, robust: adversarial.robust }],
  );
  robust.sort((a, b) => a.attack.epsilon - b.attack.epsilon);
  return [{ row: { ...facts, clean: first.clean, robust }, classes: first.perClassAccuracy.length }];
}

/** The rows that differ in nothing but the seed, together, in the order of the first of each. */
function meansOf(rows: readonly Row[]): Mean[] {
  const groups = grouped(rows, ({ seed: _, clean: __, robust, ...facts }) =>
    canonicalJson({ ...facts, attacks: robust.map(attackKey) }),
  );
  return groups.map((group) => {
    const { trainedOn, evaluatedOn, point, training, paper, robust } = group[0];
    const clean = meanOverSeeds(group.map(({ seed, clean }) => ({ seed, accuracy: clean })));
    const robustMeans = robust.map(({ attack, whiteBox }, i) => ({
      attack,
      whiteBox,
      robust: meanOverSeeds(
        group.flatMap(({ seed, robust }) => (robust[i] ? [{ seed, accuracy: robust[i].robust }] : [])),
      ),
    }));
    return { trainedOn, evaluatedOn, point, training, clean, robust: robustMeans, paper };
  });
}

const attackKey = ({ attack, whiteBox }: { attack: AttackParams; whiteBox: boolean }) => ({
  attack,
  whiteBox,
});

/** One of clean accuracy, one for each attack. */
function recordsOf(row: Row | Mean, seeds: number[], what: 'measurement' | 'mean'): FigureRecord[] {
  const { training, paper } = row;
  const { adversarial } = training;
  const facts = {
    what,
    seeds: seeds.join(' '),
    point: row.point,
    trainedOn: row.trainedOn,
    evaluatedOn: row.evaluatedOn,
    architecture: training.architecture,
    width: training.width,
    depth: training.depth,
    epochs: training.epochs,
    learningRate: training.learningRate,
    augmentation: training.augmentation,
    adversarialEpsilon: adversarial?.epsilon ?? null,
  };
  return [
    {
      ...facts,
      measure: 'clean',
      ...noAttack,
      ...numbersOf(row.clean),
      paper: paper?.clean ?? null,
    },
    ...row.robust.map(({ attack, whiteBox, robust }) => ({
      ...facts,
      measure: 'robust',
      ...attackFacts(attack),
      whiteBox,
      ...numbersOf(robust),
      paper: paperRobust(row, attack.epsilon),
    })),
  ];
}

/** Whatever changes what an attack finds. */
function attackFacts(attack: AttackParams): FigureRecord {
  const { norm, epsilon, steps, stepSize, targets, randomStart, restarts, gradientSamples, precision } =
    attack;
  return { norm, epsilon, steps, stepSize, targets, randomStart, restarts, gradientSamples, precision };
}

const noAttack: FigureRecord = {
  ...{ norm: null, epsilon: null, steps: null, stepSize: null, targets: null, randomStart: null },
  ...{ restarts: null, gradientSamples: null, precision: null, whiteBox: null },
};

function numbersOf(value: Row['clean'] | Mean['clean']): FigureRecord {
  const accuracy = 'mean' in value ? value.mean : value.accuracy;
  const interval = 'mean' in value ? value.interval : 'wilson-over-examples';
  const [low, high] = [Math.max(0, value.ci95[0]), Math.min(1, value.ci95[1])];
  return { n: value.n, accuracy, low, high, interval };
}

const headline = (name: string, { mean, n, ci95 }: Mean['clean']): Headline => ({
  ...{ name, value: mean, unit: 'fraction', n, ci95 },
});
