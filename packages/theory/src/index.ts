export { ballLoss, ballLossIncrease, type Estimate, worstPerturbation } from './ball-adversary.js';
export { type BallRobustFit, fitAgainstBall } from './ball-robust-likelihood.js';
export {
  accuracyUnderAttack,
  alignmentAngle,
  discriminant,
  normalCdf,
  worstAlignmentAngle,
} from './discriminant.js';
export { expectedLoss } from './expected-loss.js';
export { type GaussianStudyOptions, gaussianStudy } from './gaussian-study.js';
export type {
  AttackedModel,
  BallCheck,
  ClosedFormCheck,
  DimensionStudy,
  GaussianStudy,
  GaussianStudyParams,
  ModelStudy,
  Theorem1Check,
} from './gaussian-study-types.js';
export { diagonalize, type Gaussians, type SpectralGaussians, sampleMoments } from './gaussians.js';
export { fitByMinMax, type MinMaxFit, type MinMaxOptions } from './min-max.js';
export {
  averageBudgetLossIncrease,
  expectedSquaredPerturbation,
  penalisedLossIncrease,
  penaltyOfBudget,
  theorem1AsQuoted,
} from './penalised-adversary.js';
export type { Arrow, Ellipse, GaussianPicture, Point } from './picture.js';
export { type NormalSample, normalSample, randomProblem, randomRotation } from './random-problem.js';
export {
  epsilonOfLambda,
  lambdaOfEpsilon,
  robustCovariance,
  robustVariances,
} from './robust-likelihood.js';
