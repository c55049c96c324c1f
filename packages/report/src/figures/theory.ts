import { settingName } from '@toogit/core';
import type { FigureRecord, FigureView } from '../figure-view.js';
import { columns, type Table } from '../table.js';
import { listed, originName, plainNumber } from '../wording.js';
import { theoryChart } from './theory-chart.js';
import type { DimensionRow, TheoryFigure, TheoryRow } from './theory-rows.js';

/** How closely optimisation must meet the closed forms. */
const tolerance = 1e-3;

/** Two Gaussians: closed forms beside numerical optimisation. */
export const theory: FigureView<'theory'> = {
  assemble: ({ title, rows }, sources) => ({
    kind: 'theory',
    title,
    rows: rows.flatMap(({ theory, ...row }) => {
      const source = sources.read(theory, 'theory');
      return source === null ? [] : [{ ...row, ...source.result }];
    }),
  }),
  heading: () => 'Two Gaussians: what robust learning changes',
  finding,
  chart: theoryChart,
  caption:
    'ε and lengths in the units of the data, whose variance along an axis averages 1. Loss: expected −log-likelihood in nats against the worst adversary within ε of every x; each robust model under the ε it was fitted against. Angle: between the classifier’s gradient and the line between the class means. Ellipses: one and two standard deviations of the learned Gaussians.',
  tables: ({ rows }) => rows.flatMap((row) => [closedForms(row), lossRise(row), alignment(row)]),
  units: {
    loss: 'nats',
    alignmentAngle: 'degrees',
    epsilon: 'in the units of the data',
    accuracy: 'fraction',
  },
  headlines: ({ rows }) =>
    rows.flatMap(({ dimensions, ...origin }) =>
      dimensions.map(({ dimension, closedFormChecks }) => ({
        name: `largest relative difference of closed form and optimisation, d = ${dimension}, ${originName(origin)}`,
        value: worstOf(closedFormChecks),
        ...{ unit: '1', n: closedFormChecks.length, ci95: null },
      })),
    ),
  records: ({ rows }) => rows.flatMap(recordsOf),
};

function closedForms({ dimensions, ...origin }: TheoryRow): Table {
  return {
    title: `Closed forms against optimisation (required agreement ${tolerance}; ${originName(origin)})`,
    columns: columns(
      ['d', 'right'],
      'what',
      ['fits', 'right'],
      ['largest relative difference', 'right'],
      'agrees',
    ),
    rows: dimensions.flatMap(({ dimension, closedFormChecks }) => {
      const likelihood = closedFormChecks.filter(({ epsilon }) => epsilon === 0);
      const theorem2 = closedFormChecks.filter(({ epsilon }) => epsilon > 0);
      return [
        ...checkRow(dimension, 'maximum likelihood', likelihood),
        ...checkRow(dimension, 'Theorem 2, robust', theorem2),
      ];
    }),
  };
}

/** Largest relative difference, of covariance and mean. */
const worstOf = (checks: DimensionRow['closedFormChecks']): number =>
  Math.max(...checks.flatMap((check) => [check.maxRelativeDifference, check.meanRelativeDifference]));

function checkRow(dimension: number, name: string, checks: DimensionRow['closedFormChecks']): string[][] {
  if (checks.length === 0) return [];
  const worst = worstOf(checks);
  const agrees = worst <= tolerance && checks.every(({ converged }) => converged);
  return [[String(dimension), name, String(checks.length), worst.toExponential(1), agrees ? 'yes' : 'no']];
}

function lossRise({ dimensions, ...origin }: TheoryRow): Table {
  return {
    title: `Theorem 1: rise of the standard model’s loss under attack, in nats (${originName(origin)})`,
    columns: columns(
      ['d', 'right'],
      ['ε', 'right'],
      ['closed form', 'right'],
      ['Monte Carlo', 'right'],
      ['± standard error', 'right'],
      ['n', 'right'],
      ['were Σ* ∝ I', 'right'],
    ),
    rows: dimensions.flatMap(({ dimension, theorem1 }) =>
      theorem1.map(({ epsilon, lossIncrease, monteCarlo, isotropicLossIncrease }) => [
        String(dimension),
        settingName(epsilon),
        ...[lossIncrease, monteCarlo.mean, monteCarlo.standardError].map(plainNumber),
        String(monteCarlo.n),
        plainNumber(isotropicLossIncrease),
      ]),
    ),
    detail: true,
  };
}

function alignment({ dimensions, ...origin }: TheoryRow): Table {
  const degrees = (value: number) => `${value.toFixed(2)}°`;
  return {
    title: `Alignment of the gradient, and accuracy under attack (${originName(origin)})`,
    columns: columns(
      ['d', 'right'],
      'trained against',
      ['ε', 'right'],
      ['angle', 'right'],
      ['largest angle', 'right'],
      ['accuracy at ε = 0', 'right'],
      ['accuracy at the largest ε', 'right'],
    ),
    rows: dimensions.flatMap(({ dimension, models }) =>
      models.map(({ trainedAgainst, epsilon, alignmentAngle, worstAlignmentAngle, underAttack }) => [
        String(dimension),
        adversaryNames[trainedAgainst],
        settingName(epsilon),
        degrees(alignmentAngle),
        degrees(worstAlignmentAngle),
        plainNumber(underAttack[0]?.accuracy ?? 0),
        plainNumber(underAttack.at(-1)?.accuracy ?? 0),
      ]),
    ),
    detail: true,
  };
}

export const adversaryNames = {
  none: 'none (standard)',
  average: 'average budget (Theorem 2)',
  ball: 'ball around every x',
} as const;

/** One of each model under each attack. */
function recordsOf({ seed, point, dimensions }: TheoryRow): FigureRecord[] {
  return dimensions.flatMap(({ dimension, models, closedFormChecks }) =>
    models.flatMap(
      ({ trainedAgainst, epsilon, lambda, alignmentAngle, worstAlignmentAngle, underAttack }) => {
        const check = closedFormChecks.find((each) => each.epsilon === epsilon);
        return underAttack.map((attacked) => ({
          ...{ seed, point, dimension, trainedAgainst, trainedEpsilon: epsilon, lambda },
          ...{ alignmentAngle, worstAlignmentAngle, epsilon: attacked.epsilon },
          ballLoss: attacked.ballLoss.mean,
          ballLossStandardError: attacked.ballLoss.standardError,
          n: attacked.ballLoss.n,
          averageLoss: attacked.averageLoss,
          accuracy: attacked.accuracy,
          closedFormRelativeDifference:
            trainedAgainst === 'ball' ? null : (check?.maxRelativeDifference ?? null),
        }));
      },
    ),
  );
}

/** Whether the closed forms hold, and what robustness does to the gradient. */
function finding({ rows }: TheoryFigure): string | null {
  const studied = rows.flatMap(({ dimensions }) => dimensions);
  const checks = studied.flatMap(({ closedFormChecks }) => closedFormChecks);
  if (checks.length === 0) return null;
  const worst = worstOf(checks);
  const agreement =
    worst <= tolerance
      ? `agree to ${worst.toExponential(1)}`
      : `differ by up to ${worst.toExponential(1)}, more than the tolerance of ${tolerance}`;
  const turns = studied.map(({ models }) => {
    const standard = models.find(({ trainedAgainst }) => trainedAgainst === 'none');
    const robust = models.findLast(({ trainedAgainst }) => trainedAgainst === 'ball');
    return standard && robust ? standard.alignmentAngle - robust.alignmentAngle : 0;
  });
  const better = turns.filter((turn) => turn > 0).length;
  const dimensions = listed([...new Set(studied.map(({ dimension }) => String(dimension)))]);
  return `For d = ${dimensions}, closed forms and numerical optimisation ${agreement}. Robust learning at the largest ε turns the classifier’s gradient toward the line between the class means in ${better} of ${turns.length}, by ${Math.max(0, ...turns).toFixed(1)}° at most.`;
}
