import { settingName } from '@toogit/core';
import type { FigureOf, FigureView } from '../figure-view.js';
import { columns } from '../table.js';
import { listed, originName, percent, percentRange, threatName, unknown, wholeNumber } from '../wording.js';
import { patternsChart } from './patterns-chart.js';

export type PatternsFigure = FigureOf<'patterns'>;

/** The perturbations of each class as images, and what models predict for them without an image. */
export const patterns: FigureView<'patterns'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'patterns',
    title,
    rows: rows.flatMap(({ patterns, ...row }) => {
      const source = sources.read(patterns, 'patterns');
      return source === null ? [] : [{ ...row, ...source.result, artifact: source.digest }];
    }),
  }),
  heading: () => 'The pattern of each class',
  finding,
  chart: patternsChart,
  caption:
    'A column a class; the perturbations toward it, amplified to be seen: their mean, the most effective one, and the universal one made for all images.',
  tables: ({ rows }) =>
    rows.flatMap((row) => [
      {
        title: `Bare patterns of ${settingName(row.amplification)} times the length ε on grey (${threatName(row.attack)}; seed ${row.seed}${row.point === '' ? '' : `, ${row.point}`})`,
        columns: columns(
          'model',
          'pattern',
          ['taken for their class', 'right'],
          ['95 % interval', 'right'],
          ['patterns', 'right'],
        ),
        rows: row.onGrey.map(({ model, pattern, recognised }) => [
          model,
          pattern,
          percent(recognised.value),
          percentRange(recognised.ci95),
          wholeNumber(recognised.n),
        ]),
      },
      {
        title: 'Images that the universal perturbation, at ε, turns into the class',
        columns: columns(
          'class',
          ['perturbations', 'right'],
          ['turned', 'right'],
          ['95 % interval', 'right'],
          ['n', 'right'],
        ),
        rows: row.universalSuccess.map((success, label) => [
          row.classNames[label] ?? String(label),
          wholeNumber(row.perClass[label] ?? 0),
          ...(success === null
            ? [unknown, unknown, '0']
            : [percent(success.value), percentRange(success.ci95), wholeNumber(success.n)]),
        ]),
      },
    ]),
  units: {
    recognised: 'fraction',
    universalSuccess: 'fraction',
    ci95: 'fraction',
    epsilon: 'in [0,1] pixel units',
    amplification: 'times epsilon',
    n: 'patterns on grey; images',
  },
  headlines: ({ rows }) =>
    rows.flatMap(({ onGrey, ...origin }) =>
      onGrey.map(({ model, pattern, recognised: { value, n, ci95 } }) => ({
        name: `${pattern} patterns on grey that ${model} takes for their class, ${originName(origin)}`,
        ...{ value, unit: 'fraction', n, ci95 },
      })),
    ),
  records: ({ rows }) =>
    rows.flatMap(({ seed, point, attack, amplification, onGrey, classNames }) =>
      onGrey.flatMap(({ model, pattern, recognised, predictedClass }) =>
        predictedClass.map((predicted, label) => ({
          ...{ seed, point, model, pattern },
          ...{ norm: attack.norm, epsilon: attack.epsilon, amplification },
          class: classNames[label] ?? String(label),
          predictedClass: classNames[predicted] ?? String(predicted),
          recognised: predicted === label,
          recognisedShare: recognised.value,
          low: recognised.ci95[0],
          high: recognised.ci95[1],
          n: recognised.n,
        })),
      ),
    ),
};

function finding({ rows }: PatternsFigure): string | null {
  const said = rows.flatMap(({ onGrey, classNames }) =>
    onGrey
      .filter(({ pattern }) => pattern === 'universal')
      .map(
        ({ model, recognised }) =>
          `${model} takes ${recognised.count} of ${recognised.n} universal patterns for their class (chance would be ${Number((recognised.n / classNames.length).toFixed(1))})`,
      ),
  );
  return said.length === 0 ? null : `On plain grey, ${listed(said)}.`;
}
