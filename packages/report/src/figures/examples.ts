import { distanceName } from '@toogit/core';
import type { FigureOf, FigureView } from '../figure-view.js';
import { gridMarkup } from '../grid-markup.js';
import { html } from '../markup.js';
import { columns, type Table } from '../table.js';
import { methodName, percent, plainNumber, setName, settingsName, wholeNumber } from '../wording.js';

export type ExamplesFigure = FigureOf<'examples'>;
type Row = ExamplesFigure['rows'][number];

/** What the synthesised sets look like, and what made them. */
export const examples: FigureView<'examples'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'examples',
    title,
    rows: rows.flatMap(({ synthesized, dataset, ...row }) => {
      const source = sources.read(synthesized, 'synthesize');
      const isThere = source !== null && sources.has(dataset);
      // The row's name is what the figure calls the set; the set's own name is its construction.
      return isThere ? [{ ...source.result, ...row, artifact: source.digest }] : [];
    }),
  }),
  heading: () => 'What the networks were shown',
  finding: () => null,
  chart: () => null,
  caption: 'ε and lengths are in [0,1] pixel units.',
  tables: (figure) => [factsTable(figure)],
  page: ({ rows }, { grids }) => {
    const shown = rows.flatMap(({ name, artifact }) => {
      const grid = grids.get(artifact);
      return grid ? [gridMarkup({ ...grid, title: name })] : [];
    });
    return shown.length === 0 ? null : html`<div class="grids">${shown}</div>`;
  },
  units: {
    attackSuccessRate: 'fraction',
    labelsKept: 'fraction',
    epsilon: 'in [0,1] pixel units',
    maxNorm: 'in [0,1] pixel units',
  },
  headlines: () => [],
  records: ({ rows }) =>
    rows.map(({ seed, point, name, construction, examples, labelsKept, attack, inversion, ...row }) => ({
      ...{ seed, point, name, construction, examples, labelsKept },
      attackNorm: attack?.norm ?? null,
      attackEpsilon: attack?.epsilon ?? null,
      attackSteps: attack?.steps ?? null,
      attackStepSize: attack?.stepSize ?? null,
      attackSuccessRate: row.attackSuccess?.value ?? null,
      attackSuccessN: row.attackSuccess?.n ?? null,
      meanNorm: row.meanNorm,
      maxNorm: row.maxNorm,
      inversionSteps: inversion?.steps ?? null,
      inversionStepSize: inversion?.stepSize ?? null,
      inversionStart: inversion?.start ?? null,
      meanDistance: row.meanDistance,
      artifact: row.artifact,
    })),
};

function factsTable({ rows }: ExamplesFigure): Table {
  const hasPoints = rows.some(({ point }) => point !== '');
  return {
    title: null,
    columns: columns(
      'set',
      ...(hasPoints ? ['point'] : []),
      ['seed', 'right'],
      ['images', 'right'],
      'made by',
      'outcome',
      ['labels kept', 'right'],
    ),
    rows: rows.map((row) => [
      setName(row.name),
      ...(hasPoints ? [row.point] : []),
      String(row.seed),
      wholeNumber(row.examples),
      ...madeBy(row),
      percent(row.labelsKept),
    ]),
  };
}

/** How, and with what outcome. */
function madeBy({ attack, inversion, attackSuccess, maxNorm, meanDistance }: Row): [string, string] {
  if (attack !== null) {
    const reached = attackSuccess === null ? '' : `target reached in ${percent(attackSuccess.value)}`;
    const largest = maxNorm === null ? '' : `, largest perturbation ${plainNumber(maxNorm)}`;
    return [`${methodName(attack)}: ${settingsName(attack)}`, reached + largest];
  }
  if (inversion !== null) {
    const from = inversion.start === 'noise' ? 'noise' : 'another image';
    const distance =
      meanDistance === null ? '' : `mean distance ${plainNumber(meanDistance)} of the representation`;
    return [
      `inversion from ${from}: ${inversion.steps} steps of ${distanceName(inversion.stepSize)}`,
      distance,
    ];
  }
  return ['images as they are', ''];
}
