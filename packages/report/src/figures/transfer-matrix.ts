import type { FigureOf, FigureView } from '../figure-view.js';
import { columns } from '../table.js';
import { percent, threatName, unknown, wholeNumber } from '../wording.js';
import { transferMatrixChart } from './transfer-matrix-chart.js';

export type TransferMatrixFigure = FigureOf<'transfer-matrix'>;

/** How each model's adversarial examples fare against every model. */
export const transferMatrix: FigureView<'transfer-matrix'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'transfer-matrix',
    title,
    rows: rows.flatMap(({ matrix, ...row }) => {
      const source = sources.read(matrix, 'transfer-matrix');
      return source === null ? [] : [{ ...row, ...source.result }];
    }),
  }),
  heading: () => 'What transfers from which model to which',
  finding,
  chart: transferMatrixChart,
  caption:
    'Share of the adversarial examples made with the model of the line that the model of the column classifies as the attack intended. On the diagonal: the attack’s own model.',
  tables: ({ rows }) =>
    rows.map(({ names, transfer, attack, seed, point }) => ({
      title: [`${threatName(attack)}`, `seed ${seed}`, point].filter((part) => part !== '').join('; '),
      columns: columns('made with', ...names.map((name): [string, 'right'] => [name, 'right']), [
        'n',
        'right',
      ]),
      rows: transfer.map((rates, source) => [
        names[source] ?? '',
        ...rates.map((rate) => (rate === null ? unknown : percent(rate.value))),
        wholeNumber(rates[0]?.n ?? 0),
      ]),
    })),
  units: { transfer: 'fraction', ci95: 'fraction', epsilon: 'in [0,1] pixel units', n: 'examples' },
  headlines: ({ rows }) =>
    rows.flatMap(({ names, transfer }) =>
      transfer.flatMap((rates, source) =>
        rates.flatMap((rate, evaluated) => {
          if (rate === null || source === evaluated) return [];
          const { value, n, ci95 } = rate;
          const name = `transfer from ${names[source]} to ${names[evaluated]}`;
          return [{ name, value, unit: 'fraction', n, ci95 }];
        }),
      ),
    ),
  records: ({ rows }) =>
    rows.flatMap(({ seed, point, names, architectures, attack, transfer }) =>
      transfer.flatMap((rates, source) =>
        rates.map((rate, evaluated) => ({
          ...{ seed, point },
          sourceModel: names[source] ?? '',
          evaluatedModel: names[evaluated] ?? '',
          sourceArchitecture: architectures[source] ?? '',
          evaluatedArchitecture: architectures[evaluated] ?? '',
          ...{ norm: attack.norm, epsilon: attack.epsilon, steps: attack.steps },
          transferRate: rate?.value ?? null,
          low: rate?.ci95[0] ?? null,
          high: rate?.ci95[1] ?? null,
          n: rate?.n ?? 0,
        })),
      ),
    ),
};

function finding({ rows }: TransferMatrixFigure): string | null {
  const others = rows.flatMap(({ names, transfer }) =>
    transfer.flatMap((rates, source) =>
      rates.flatMap((rate, evaluated) =>
        rate === null || source === evaluated
          ? []
          : [{ value: rate.value, from: names[source], to: names[evaluated] }],
      ),
    ),
  );
  const sorted = others.toSorted((a, b) => a.value - b.value);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (!least || !most || least === most) return null;
  const pair = ({ value, from, to }: typeof least) => `${percent(value)} (from ${from} to ${to})`;
  return `Between different models the transfer rate goes from ${pair(least)} to ${pair(most)}.`;
}
