import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import { count, fraction } from '../../values.js';

const params = z.strictObject({
  dimensions: z.array(z.int().min(2).max(512)).min(1),
  /** Radii of the L2 ball, in units of the data. */
  epsilons: z.array(z.number().positive()).min(1),
  /** Largest over smallest eigenvalue of the covariance. */
  conditionNumber: z.number().min(1),
  /** Length of the class mean. */
  meanNorm: z.number().positive(),
});

const degrees = z.number().min(0).max(180);
/** Estimated from n draws, in nats. */
const estimate = z.strictObject({ mean: z.number(), standardError: z.number().min(0), n: count });
const eigenvalues = { smallestVariance: z.number(), largestVariance: z.number() };

/** L_adv − L in nats at the penalty C by which the standard model's adversary spends E‖δ‖² = ε². */
const theorem1 = z.strictObject({
  epsilon: z.number(),
  penalty: z.number(),
  /** tr[(I + (C·Σ* − I)⁻¹)²] − d, as the paper states it; the loss rises by half of it. */
  quoted: z.number(),
  lossIncrease: z.number(),
  monteCarlo: estimate,
  /** At the same C, were Σ* the multiple of the identity with the same trace. */
  isotropicLossIncrease: z.number(),
  /** At the same budget ε instead of the same C. */
  isotropicLossIncreaseAtEpsilon: z.number(),
});

/** A fit by optimisation against its closed form: maximum likelihood (epsilon 0) or Theorem 2. */
const closedFormCheck = z.strictObject({
  epsilon: z.number(),
  lambda: z.number().nullable(),
  /** `full`: d×d matrices in a rotated basis; `eigenbasis`: one problem for each eigenvalue. */
  basis: z.enum(['full', 'eigenbasis']),
  steps: z.int().min(0),
  converged: z.boolean(),
  maxAbsoluteDifference: z.number(),
  maxRelativeDifference: z.number(),
  meanRelativeDifference: z.number(),
});

/** Theorem 2's form against the minimum for an adversary with a ball around every x. */
const ballCheck = z.strictObject({
  epsilon: z.number(),
  nearestLambda: z.number(),
  maxRelativeDifference: z.number(),
  excessLoss: z.number(),
  excessLossAtLambdaOfEpsilon: z.number(),
  steps: z.int().min(0),
  converged: z.boolean(),
});

const point = z.tuple([z.number(), z.number()]);
const arrow = z.strictObject({ from: point, to: point });

/** What to draw of one model in two dimensions. */
const picture = z.strictObject({
  ellipses: z.array(
    z.strictObject({
      label: z.union([z.literal(1), z.literal(-1)]),
      level: z.union([z.literal(1), z.literal(2)]),
      center: point,
      semiAxes: point,
      /** Degrees, counter-clockwise from the first coordinate. */
      angle: z.number(),
    }),
  ),
  boundary: z.tuple([point, point]),
  classMeans: arrow,
  classifierGradient: arrow,
  lossGradients: z.array(arrow),
});

const model = z.strictObject({
  /** `none`: maximum likelihood; `average`: Theorem 2, E‖δ‖² ≤ ε²; `ball`: by optimisation, ‖δ‖ ≤ ε for every x. */
  trainedAgainst: z.enum(['none', 'average', 'ball']),
  epsilon: z.number(),
  lambda: z.number().nullable(),
  ...eigenvalues,
  /** Between the classifier's gradient and the vector between the class means. */
  alignmentAngle: degrees,
  /** The largest such angle over all directions of the mean. */
  worstAlignmentAngle: degrees,
  /** At epsilon 0 and every epsilon of the study. */
  underAttack: z.array(
    z.strictObject({ epsilon: z.number(), ballLoss: estimate, averageLoss: z.number(), accuracy: fraction }),
  ),
  /** Only in two dimensions. */
  picture: picture.exactOptional(),
});

/**
 * Maximum likelihood of two Gaussians and its robust version: closed forms beside numerical optimisation. The result is
 * the study of `@toogit/theory`, without parts.
 */
export const theoryJob = defineJob({
  kind: 'theory',
  version: 1,
  resource: 'cpu',
  params,
  inputs: {},
  output: 'theory',
  result: z.strictObject({
    params: params.extend({ seed: z.int().min(0) }),
    dimensions: z.array(
      z.strictObject({
        dimension: count,
        ...eigenvalues,
        theorem1: z.array(theorem1),
        closedFormChecks: z.array(closedFormCheck),
        ballChecks: z.array(ballCheck),
        /** The standard model, then two robust models for each epsilon. */
        models: z.array(model),
      }),
    ),
  }),
  maxAttempts: 3,
});
