import type { Estimate } from './ball-adversary.js';
import type { GaussianPicture } from './picture.js';

/** What a Gaussian study varies. Lengths are in the units of x, whose variance along an axis averages 1. */
export interface GaussianStudyParams {
  /** Numbers of dimensions, each an integer in 2…512. */
  dimensions: number[];
  /** Radii of the adversary, each > 0: those the robust models are fitted against and those all are attacked with. */
  epsilons: number[];
  /** Largest over smallest eigenvalue of Σ*, ≥ 1; the eigenvalues are spaced evenly in their logarithm, average 1. */
  conditionNumber: number;
  /** ‖μ*‖ > 0, half the distance between the class means. */
  meanNorm: number;
  /** Of the mean's direction, the basis and the Monte Carlo draws; an integer ≥ 0. */
  seed: number;
}

/** Plain JSON: losses in nats, angles in degrees, accuracies in [0, 1]. */
export interface GaussianStudy {
  params: GaussianStudyParams;
  dimensions: DimensionStudy[];
}

export interface DimensionStudy {
  dimension: number;
  /** Of Σ*. */
  smallestVariance: number;
  largestVariance: number;
  /** Theorem 1 at each ε, with the penalty C at which the standard model's adversary spends E‖δ‖² = ε². */
  theorem1: Theorem1Check[];
  /** Fits by optimisation against their closed forms: maximum likelihood first (ε = 0), then Theorem 2 at each ε. */
  closedFormChecks: ClosedFormCheck[];
  /** Theorem 2's form against the minimum for an adversary with a ball around every x. */
  ballChecks: BallCheck[];
  /** The standard model, then two robust models for each ε. */
  models: ModelStudy[];
}

export interface Theorem1Check {
  epsilon: number;
  /** C of the penalty (C/2)·‖δ‖². */
  penalty: number;
  /** tr[(I + (C·Σ* − I)⁻¹)²] − d, as the paper has it. */
  quoted: number;
  /** L_adv − L in nats: half of `quoted`. */
  lossIncrease: number;
  /** L_adv − L in nats by attacking draws of x. */
  monteCarlo: Estimate;
  /** L_adv − L in nats at the same C if Σ* were the multiple of the identity with the same trace. */
  isotropicLossIncrease: number;
  /** The same at the same budget ε instead of the same C. */
  isotropicLossIncreaseAtEpsilon: number;
}

export interface ClosedFormCheck {
  epsilon: number;
  /** λ of the penalty (λ/2)·‖δ‖² that goes with ε; null for no adversary. */
  lambda: number | null;
  /** `full`: d×d matrices in a rotated basis; `eigenbasis`: one problem for each eigenvalue. */
  basis: 'full' | 'eigenbasis';
  steps: number;
  converged: boolean;
  /** Largest difference of an entry of the covariance, and that over the largest entry. */
  maxAbsoluteDifference: number;
  maxRelativeDifference: number;
  /** Largest difference of a coordinate of the mean, over ‖μ*‖. */
  meanRelativeDifference: number;
}

export interface BallCheck {
  epsilon: number;
  /** λ of the member of Theorem 2's family with the same trace as the minimum found. */
  nearestLambda: number;
  /** Largest relative difference of an eigenvalue between the two. */
  maxRelativeDifference: number;
  /** By how much the loss under attack of that member, and of Theorem 2 at λ(ε), exceeds the minimum, in nats. */
  excessLoss: number;
  excessLossAtLambdaOfEpsilon: number;
  steps: number;
  converged: boolean;
}

export interface ModelStudy {
  /**
   * `none`: maximum likelihood. `average`: Theorem 2, against E‖δ‖² ≤ ε². `ball`: by optimisation, against ‖δ‖ ≤ ε for
   * every x.
   */
  trainedAgainst: 'none' | 'average' | 'ball';
  /** ε it was fitted against; 0 for `none`. */
  epsilon: number;
  /** λ(ε) for `average`, else null. */
  lambda: number | null;
  /** Smallest and largest eigenvalue of the learned covariance. */
  smallestVariance: number;
  largestVariance: number;
  /** Between the classifier's gradient Σ⁻¹μ and the vector between the class means, in degrees. */
  alignmentAngle: number;
  /** The largest such angle over all directions of the mean, in degrees. */
  worstAlignmentAngle: number;
  /** At ε = 0 and at every ε of the study. */
  underAttack: AttackedModel[];
  /** Only where d = 2. */
  picture?: GaussianPicture;
}

export interface AttackedModel {
  epsilon: number;
  /** Expected −log N(x+δ; y·μ, Σ) in nats against the worst adversary with ‖δ‖ ≤ ε for every x. */
  ballLoss: Estimate;
  /** The same against the worst adversary with E‖δ‖² ≤ ε². Exact. */
  averageLoss: number;
  /** Accuracy of the linear discriminant against the worst adversary with ‖δ‖ ≤ ε. Exact. */
  accuracy: number;
}
