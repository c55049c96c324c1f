import {
  type AttackParams,
  type JobResult,
  methodOf,
  ownParameters,
  ownParametersOf,
} from '@toogit/catalogue';
import { canonicalJson } from '@toogit/core';
import { mean } from 'simple-statistics';
import { evaluationWarnings } from '../evaluation-warnings.js';
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
type Adversarial = NonNullable<JobResult<'evaluate'>['adversarial']>;

/** Columns of parameters that single attacks have. */
const ownNames = Object.keys(ownParameters);

const pixelUnits = 'in [0,1] pixel units';

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
  units: {
    ...{ accuracy: 'fraction', ci95: 'fraction', cleanOfAttacked: 'fraction', attackSuccess: 'fraction' },
    ...{ epsilon: pixelUnits, stepSize: pixelUnits, meanNorm: pixelUnits, maxNorm: pixelUnits },
    ...{ n: 'examples', zeroGradients: 'examples', nonFiniteGradients: 'examples' },
  },
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
    adversarial === null ? [] : [withoutSource(adversarial)],
  );
  robust.sort((a, b) => a.attack.epsilon - b.attack.epsilon);
  const warnings = results.flatMap((result) => evaluationWarnings(facts.trainedOn, result));
  const row = { ...facts, split: first.split, clean: first.clean, robust, warnings };
  return [{ row, classes: first.perClassAccuracy.length }];
}

/** Rows of other seeds have other source models. */
function withoutSource({ sourceModel: _, ...adversarial }: Adversarial): Row['robust'][number] {
  return adversarial;
}

/** The rows that differ in nothing but the seed, together, in the order of the first of each. */
function meansOf(rows: readonly Row[]): Mean[] {
  const groups = grouped(rows, ({ seed: _, clean: __, warnings: ___, robust, ...facts }) =>
    canonicalJson({ ...facts, attacks: robust.map(attackKey) }),
  );
  return groups.map((group) => {
    const { trainedOn, evaluatedOn, split, point, training, paper, robust } = group[0];
    const clean = meanOverSeeds(group.map(({ seed, clean }) => ({ seed, accuracy: clean })));
    const robustMeans = robust.map((_, i) =>
      meanUnderAttack(
        group.flatMap(({ seed, robust }) => (robust[i] ? [{ seed, measured: robust[i] }] : [])),
      ),
    );
    return { trainedOn, evaluatedOn, split, point, training, clean, robust: robustMeans, paper };
  });
}

/** Of one attack under different seeds, at least one. */
function meanUnderAttack(
  seeds: readonly { seed: number; measured: Row['robust'][number] }[],
): Mean['robust'][number] {
  const [first] = seeds;
  if (!first) throw new RangeError('no seed');
  const { attack, whiteBox } = first.measured;
  const over = (name: 'clean' | 'robust') =>
    meanOverSeeds(seeds.map(({ seed, measured }) => ({ seed, accuracy: measured[name] })));
  return {
    ...{ attack, whiteBox, clean: over('clean'), robust: over('robust') },
    meanNorm: mean(seeds.map(({ measured }) => measured.meanNorm)),
    maxNorm: Math.max(...seeds.map(({ measured }) => measured.maxNorm)),
  };
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
    split: row.split,
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
    ...row.robust.map((measured) => ({
      ...facts,
      measure: 'robust',
      ...attackFacts(measured),
      ...numbersOf(measured.robust),
      paper: paperRobust(row, measured.attack.epsilon),
    })),
  ];
}

type Attacked = Row['robust'][number] | Mean['robust'][number];

/** Whatever changes what an attack finds, what it reached, and how its images were classified before it. */
function attackFacts(attacked: Attacked): FigureRecord {
  const { norm, epsilon, steps, stepSize, targets, randomStart, restarts, gradientSamples, precision } =
    attacked.attack;
  const own: Record<string, unknown> = ownParametersOf(attacked.attack);
  return {
    method: methodOf(attacked.attack),
    ...Object.fromEntries(ownNames.map((name) => [name, own[name] ?? null])),
    ...{ norm, epsilon, steps, stepSize, targets, randomStart, restarts, gradientSamples, precision },
    whiteBox: attacked.whiteBox,
    cleanOfAttacked: accuracyIn(attacked.clean),
    attackSuccess: 'attackSuccess' in attacked ? (attacked.attackSuccess?.value ?? null) : null,
    meanNorm: attacked.meanNorm,
    maxNorm: attacked.maxNorm,
    zeroGradients: 'zeroGradients' in attacked ? attacked.zeroGradients : null,
    nonFiniteGradients: 'nonFiniteGradients' in attacked ? attacked.nonFiniteGradients : null,
  };
}

const noAttack: FigureRecord = {
  method: null,
  ...Object.fromEntries(ownNames.map((name) => [name, null])),
  ...{ norm: null, epsilon: null, steps: null, stepSize: null, targets: null, randomStart: null },
  ...{ restarts: null, gradientSamples: null, precision: null, whiteBox: null, cleanOfAttacked: null },
  ...{ attackSuccess: null, meanNorm: null, maxNorm: null, zeroGradients: null, nonFiniteGradients: null },
};

const accuracyIn = (value: Row['clean'] | Mean['clean']) => ('mean' in value ? value.mean : value.accuracy);

function numbersOf(value: Row['clean'] | Mean['clean']): FigureRecord {
  const accuracy = accuracyIn(value);
  const interval = 'mean' in value ? value.interval : 'wilson-over-examples';
  const [low, high] = [Math.max(0, value.ci95[0]), Math.min(1, value.ci95[1])];
  return { n: value.n, accuracy, low, high, interval };
}

const headline = (name: string, { mean, n, ci95 }: Mean['clean']): Headline => ({
  ...{ name, value: mean, unit: 'fraction', n, ci95 },
});
