import { setImmediate } from 'node:timers/promises';
import { ToogitError } from '@toogit/core';
import type { Matrix } from 'ml-matrix';
import { ballLoss, ballLossIncrease } from './ball-adversary.js';
import { type BallRobustFit, fitAgainstBall } from './ball-robust-likelihood.js';
import { checkClosedForm, largestFullDimension } from './closed-form-check.js';
import { accuracyUnderAttack, alignmentAngle, worstAlignmentAngle } from './discriminant.js';
import { at, expectedLoss } from './expected-loss.js';
import type {
  BallCheck,
  DimensionStudy,
  GaussianStudy,
  GaussianStudyParams,
  ModelStudy,
} from './gaussian-study-types.js';
import type { SpectralGaussians } from './gaussians.js';
import { averageBudgetLossIncrease } from './penalised-adversary.js';
import { gaussianPicture } from './picture.js';
import {
  momentMatched,
  type NormalSample,
  normalSample,
  randomProblem,
  randomRotation,
} from './random-problem.js';
import { lambdaOfEpsilon, lambdaOfTrace, robustVariances, traceOf } from './robust-likelihood.js';
import { checkTheorem1 } from './theorem1-check.js';

export interface GaussianStudyOptions {
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** A problem with what it is looked at with. */
interface Problem {
  truth: SpectralGaussians;
  /** The eigenvectors, in dimensions where matrices are formed. */
  basis?: Matrix;
  /** Draws to estimate losses with. */
  sample: NormalSample;
  /** The same draws, moments matched, to fit to. */
  matched: NormalSample;
}

/**
 * The paper's Gaussian model at every dimension: closed forms beside optimisation, alignment, loss and accuracy under
 * attack; for d = 2 the picture. Deterministic in its parameters. Yields between units of work.
 * @throws ToogitError SPEC_INVALID for parameters out of range; the signal's reason when aborted
 */
export async function gaussianStudy(
  params: GaussianStudyParams,
  { signal, onProgress }: GaussianStudyOptions = {},
): Promise<GaussianStudy> {
  refuseOutOfRange(params);
  const total = params.dimensions.length * (params.epsilons.length + 1);
  let done = 0;
  const pause = async () => {
    onProgress?.({ done: ++done, total });
    await setImmediate();
    signal?.throwIfAborted();
  };
  signal?.throwIfAborted();
  const dimensions: DimensionStudy[] = [];
  for (const dimension of params.dimensions) {
    dimensions.push(await studyDimension(params, problemOf(params, dimension), pause));
  }
  return { params, dimensions };
}

async function studyDimension(
  params: GaussianStudyParams,
  problem: Problem,
  pause: () => Promise<void>,
): Promise<DimensionStudy> {
  const { truth, basis, sample, matched } = problem;
  const { variances } = truth;
  const model = (trainedAgainst: ModelStudy['trainedAgainst'], epsilon: number, learned: Float64Array) =>
    studyModel(params, problem, { trainedAgainst, epsilon }, learned);
  const study: DimensionStudy = {
    dimension: variances.length,
    ...extremes(variances),
    theorem1: params.epsilons.map((epsilon) => checkTheorem1(truth, epsilon, sample)),
    closedFormChecks: [checkClosedForm(truth, basis, 0)],
    ballChecks: [],
    models: [model('none', 0, variances)],
  };
  await pause();
  for (const epsilon of params.epsilons) {
    const robust = robustVariances(variances, lambdaOfEpsilon(variances, epsilon));
    const ball = fitAgainstBall(variances, epsilon, matched);
    study.closedFormChecks.push(checkClosedForm(truth, basis, epsilon));
    study.ballChecks.push(compareWithBall(truth, epsilon, robust, ball, matched));
    study.models.push(model('average', epsilon, robust), model('ball', epsilon, ball.variances));
    await pause();
  }
  return study;
}

function studyModel(
  params: GaussianStudyParams,
  { truth, basis, sample }: Problem,
  origin: Pick<ModelStudy, 'trainedAgainst' | 'epsilon'>,
  learned: Float64Array,
): ModelStudy {
  const cleanLoss = expectedLoss(truth, learned);
  return {
    ...origin,
    lambda: origin.trainedAgainst === 'average' ? lambdaOfEpsilon(truth.variances, origin.epsilon) : null,
    ...extremes(learned),
    alignmentAngle: alignmentAngle(truth, learned),
    worstAlignmentAngle: worstAlignmentAngle(learned),
    underAttack: [0, ...params.epsilons].map((epsilon) => ({
      epsilon,
      ballLoss: ballLoss(truth, learned, epsilon, sample),
      averageLoss: cleanLoss + averageBudgetLossIncrease(truth, learned, epsilon),
      accuracy: accuracyUnderAttack(truth, learned, epsilon),
    })),
    ...(basis && learned.length === 2 ? { picture: gaussianPicture(truth, basis, learned) } : {}),
  };
}

function compareWithBall(
  truth: SpectralGaussians,
  epsilon: number,
  robust: Float64Array,
  ball: BallRobustFit,
  matched: NormalSample,
): BallCheck {
  const nearestLambda = lambdaOfTrace(truth.variances, traceOf(ball.variances));
  const nearest = robustVariances(truth.variances, nearestLambda);
  const lossOf = (learned: Float64Array) =>
    expectedLoss(truth, learned) + ballLossIncrease(truth, learned, epsilon, matched).mean;
  return {
    epsilon,
    nearestLambda,
    maxRelativeDifference: nearest.reduce(
      (most, value, i) => Math.max(most, Math.abs(value / at(ball.variances, i) - 1)),
      0,
    ),
    excessLoss: lossOf(nearest) - ball.value,
    excessLossAtLambdaOfEpsilon: lossOf(robust) - ball.value,
    steps: ball.steps,
    converged: ball.converged,
  };
}

/** Fewer draws where each is more precise: in high dimension the loss concentrates. */
function problemOf(params: GaussianStudyParams, dimension: number): Problem {
  const { conditionNumber, meanNorm, seed } = params;
  const draws = Math.min(4096, Math.max(512, Math.floor(2 ** 17 / dimension)));
  const sample = normalSample(draws, dimension, seed + 1);
  const problem = {
    truth: randomProblem({ dimension, conditionNumber, meanNorm, seed }),
    sample,
    matched: momentMatched(sample),
  };
  return dimension > largestFullDimension
    ? problem
    : { ...problem, basis: randomRotation(dimension, seed + 2) };
}

function extremes(variances: Float64Array): { smallestVariance: number; largestVariance: number } {
  return { smallestVariance: Math.min(...variances), largestVariance: Math.max(...variances) };
}

function refuseOutOfRange(params: GaussianStudyParams): void {
  const positive = (value: number) => Number.isFinite(value) && value > 0;
  const rules: [keyof GaussianStudyParams, boolean, string][] = [
    [
      'dimensions',
      params.dimensions.length > 0 &&
        params.dimensions.every((d) => Number.isInteger(d) && d >= 2 && d <= 512),
      'one or more integers from 2 to 512',
    ],
    ['epsilons', params.epsilons.length > 0 && params.epsilons.every(positive), 'one or more numbers > 0'],
    [
      'conditionNumber',
      Number.isFinite(params.conditionNumber) && params.conditionNumber >= 1,
      'a number ≥ 1',
    ],
    ['meanNorm', positive(params.meanNorm), 'a number > 0'],
    ['seed', Number.isSafeInteger(params.seed) && params.seed >= 0, 'an integer ≥ 0'],
  ];
  const details = rules
    .filter(([, holds]) => !holds)
    .map(([path, , message]) => ({ path, message: `must be ${message}` }));
  if (details.length > 0) throw new ToogitError('SPEC_INVALID', 'Gaussian study out of range', { details });
}
