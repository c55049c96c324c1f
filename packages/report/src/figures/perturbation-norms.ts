import type { AttackParams, JobResult } from '@toogit/catalogue';
import { wilsonInterval } from '@toogit/core';
import { max, mean } from 'simple-statistics';
import type { Columns, FigureSources } from '../figure-sources.js';
import type { DefinitionOf, FigureOf, FigureView } from '../figure-view.js';
import { columns } from '../table.js';
import {
  originName,
  percent,
  percentRange,
  plainNumber,
  threatName,
  unknown,
  wholeNumber,
} from '../wording.js';
import { perturbationNormsChart } from './perturbation-norms-chart.js';

type Row = FigureOf<'perturbation-norms'>['rows'][number];
type Definition = DefinitionOf<'perturbation-norms'>['rows'][number];

const bins = 25;

/** How long perturbations are, which an attack that has converged leaves at epsilon, and on which classes it succeeds. */
export const perturbationNorms: FigureView<'perturbation-norms'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'perturbation-norms',
    title,
    rows: rows.flatMap((row) => assembleRow(row, sources)),
  }),
  heading: () => 'Lengths of the perturbations, and success by class',
  finding: ({ rows }) => {
    const [first] = rows;
    if (!first || rows.length > 1) return null;
    const { attack, histogram, n } = first;
    const atEdge = histogram.at(-1) ?? 0;
    return `${percent(atEdge / n)} of ${wholeNumber(n)} perturbations are longer than ${percent((bins - 1) / bins)} of epsilon (${threatName(attack)}).`;
  },
  chart: perturbationNormsChart,
  caption:
    'Left to right: length of a perturbation in the attack’s norm, from 0 to epsilon; upward: share of the examples. Then a bar a class: share of its examples on which the attack succeeded, with the 95 % interval over the examples (Wilson).',
  tables: ({ rows }) =>
    rows.map((row) => ({
      title: `${row.name}: ${threatName(row.attack)} (${originName(row)}; ${wholeNumber(row.n)} examples, mean length ${plainNumber(row.meanNorm)}, largest ${plainNumber(row.maxNorm)})`,
      columns: columns('class', ['success', 'right'], ['95 % interval', 'right'], ['n', 'right']),
      rows: row.classes.map(({ name, attackSuccess }) => [
        name,
        ...(attackSuccess === null
          ? [unknown, unknown, '0']
          : [percent(attackSuccess.value), percentRange(attackSuccess.ci95), wholeNumber(attackSuccess.n)]),
      ]),
    })),
  units: {
    attackSuccess: 'fraction',
    ci95: 'fraction',
    meanNorm: 'in [0,1] pixel units',
    maxNorm: 'in [0,1] pixel units',
    from: 'in [0,1] pixel units',
    to: 'in [0,1] pixel units',
    examples: 'examples',
    n: 'examples',
  },
  headlines: ({ rows }) =>
    rows.map((row) => ({
      name: `mean length of perturbations, ${row.name}, ${originName(row)}`,
      ...{ value: row.meanNorm, unit: 'in [0,1] pixel units', n: row.n, ci95: null },
    })),
  records: ({ rows }) => rows.flatMap(recordsOf),
};

function assembleRow({ blocks, dataset, ...row }: Definition, sources: FigureSources): Row[] {
  const found = blocks.map((index) => ({
    source: sources.read(index, 'attack'),
    columns: sources.columns(index),
  }));
  const [first] = found;
  if (!first?.source || found.some(({ columns }) => columns === null)) return [];
  const { attack } = first.source.result;
  const column = (name: string) =>
    found.flatMap(({ columns }) => Array.from((columns as Columns)[name] ?? []));
  const norms = column('perturbationNorm');
  const histogram = new Array<number>(bins).fill(0);
  for (const norm of norms) {
    const bin = binOf(norm, attack);
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const imported = dataset === null ? null : sources.read(dataset, 'dataset.import');
  return [
    {
      ...{ ...row, attack, n: norms.length, meanNorm: mean(norms), maxNorm: max(norms), histogram },
      classes: successByClass(column, attack, imported?.result ?? null),
    },
  ];
}

/** Rounding may leave a norm a hair beyond epsilon; an epsilon of 0 has one bin. */
const binOf = (norm: number, { epsilon }: AttackParams): number =>
  epsilon === 0 ? 0 : Math.min(bins - 1, Math.floor((bins * norm) / epsilon));

/** At its target, of the examples of another class; or, untargeted, away from its label. */
function successByClass(
  column: (name: string) => number[],
  { targets }: AttackParams,
  dataset: JobResult<'dataset.import'> | null,
): Row['classes'] {
  const [original, target, predicted] = ['originalLabels', 'targetLabels', 'predictedLabels'].map(column) as [
    number[],
    number[],
    number[],
  ];
  const names = dataset?.classNames ?? [];
  const classes = Math.max(names.length, max(original) + 1);
  return Array.from({ length: classes }, (_, label) => {
    const counted = original.flatMap((each, i) =>
      each === label && (targets === 'none' || target[i] !== label) ? [i] : [],
    );
    const succeeded = counted.filter((i) =>
      targets === 'none' ? predicted[i] !== label : predicted[i] === target[i],
    );
    return { name: names[label] ?? `class ${label}`, attackSuccess: share(succeeded.length, counted.length) };
  });
}

const share = (count: number, n: number): Row['classes'][number]['attackSuccess'] =>
  n === 0 ? null : { n, count, value: count / n, ci95: wilsonInterval(count, n) };

/** A record a bin and a record a class; all have the same keys. */
function recordsOf({ seed, point, name, attack, n, histogram, classes }: Row) {
  const facts = { seed, point, name, norm: attack.norm, epsilon: attack.epsilon };
  const width = attack.epsilon / bins;
  const none = {
    from: null,
    to: null,
    examples: null,
    class: null,
    attackSuccess: null,
    low: null,
    high: null,
  };
  return [
    ...histogram.map((examples, bin) => ({
      ...{ ...facts, what: 'norms', ...none, from: bin * width, to: (bin + 1) * width, examples, n },
    })),
    ...classes.map(({ name, attackSuccess }) => ({
      ...{ ...facts, what: 'success', ...none, class: name, attackSuccess: attackSuccess?.value ?? null },
      ...{
        low: attackSuccess?.ci95[0] ?? null,
        high: attackSuccess?.ci95[1] ?? null,
        n: attackSuccess?.n ?? 0,
      },
    })),
  ];
}
