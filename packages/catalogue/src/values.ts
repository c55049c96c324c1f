import { z } from 'zod';

/** Value types shared by several job kinds. */

export const norms = ['l2', 'linf'] as const;
export const splits = ['train', 'test'] as const;
/** `crop` is for images that a mirror would turn into none of their class. */
export const augmentations = ['none', 'crop', 'flip-crop'] as const;
/**
 * How a training set is made. From adversarial examples labelled with their targets: `d_det` (t = y+1), `d_rand` (t
 * uniform). From inverted representations, labels kept: `d_robust` (of a robust model), `d_nonrobust` (of a standard
 * one). From a model's mistakes on unperturbed images, labelled as it took them: `mislabelled`.
 */
export const constructions = ['d_det', 'd_rand', 'd_robust', 'd_nonrobust', 'mislabelled'] as const;
/** Where the inversion of a representation starts. */
export const inversionStarts = ['other-image', 'noise'] as const;
/** How targets are chosen: `next` is t = (y+1) mod C, `random` is uniform over classes, `none` is untargeted. */
export const targetRules = ['next', 'random', 'none'] as const;

/** What convolutions and matrix products are computed in; bfloat16 is for CPUs that have it. */
export const precisions = ['float32', 'bfloat16'] as const;

export type Norm = (typeof norms)[number];
export type Split = (typeof splits)[number];
export type Augmentation = (typeof augmentations)[number];
export type Construction = (typeof constructions)[number];
export type Precision = (typeof precisions)[number];
export type TargetRule = (typeof targetRules)[number];

export const count = z.int().positive();
export const fraction = z.number().min(0).max(1);

/** Of a directory of images: a word that its owner changes when the files change. */
export const revision = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, `.`, `_` or `-`');
/** Height and width in pixels of images that are brought to a size of choice. */
export const imageSize = z.int().min(8).max(512);

/** Learning-rate schedules over a whole training: `step` multiplies by `factor` every `everyEpochs`; `linear` warms up, then falls to 0. */
export const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  z.strictObject({
    kind: z.literal('step'),
    everyEpochs: count.describe('Of `step`: epochs from one change to the next.'),
    factor: z.number().positive().max(1).describe('Of `step`: what the learning rate is multiplied by.'),
  }),
  z.strictObject({
    kind: z.literal('linear'),
    warmupFraction: fraction.describe('Of `linear`: share of the training during which it rises.'),
  }),
]);
export type Schedule = z.infer<typeof schedule>;

/** The inner maximisation of adversarial training (Madry et al. 2018): untargeted PGD on each batch. */
export const adversarialTraining = z.strictObject({
  norm: z.enum(norms),
  epsilon: z.number().positive(),
  stepSize: z.number().positive(),
  steps: count,
  randomStart: z.boolean(),
});
export type AdversarialTraining = z.infer<typeof adversarialTraining>;

/** The perturbation of a feature: PGD on the feature itself, down and up. */
export const featurePerturbation = z.strictObject({
  norm: z.enum(norms),
  epsilon: z.number().positive(),
  stepSize: z.number().positive(),
  steps: count,
  precision: z.enum(precisions),
});
export type FeaturePerturbation = z.infer<typeof featurePerturbation>;

/**
 * Search for an image whose penultimate representation is that of another: normalised L2 descent on
 * ‖g(x) − g(x_r)‖₂ / ‖g(x)‖₂ within [0,1]. `stepSize` in [0,1] pixel units. (Ilyas et al. 2019, appendix C.4)
 */
export const inversionParams = z.strictObject({
  stepSize: z.number().positive(),
  steps: count,
  start: z.enum(inversionStarts),
  precision: z.enum(precisions),
});
export type InversionParams = z.infer<typeof inversionParams>;

/** A range of examples, always computed as one batch. */
export const block = z.strictObject({ start: z.int().min(0), count });

/** A 95 % interval [lo, hi] of a fraction. */
export const interval = z.tuple([fraction, fraction]);

/** An accuracy never goes without its n and interval. */
export const accuracy = z.strictObject({
  n: count,
  correct: z.int().min(0),
  accuracy: fraction,
  ci95: interval,
});
export type Accuracy = z.infer<typeof accuracy>;

/** Accuracy of a group that may be empty: without examples it is unknown, which is not 0. */
export const groupAccuracy = z.strictObject({
  n: z.int().min(0),
  correct: z.int().min(0),
  accuracy: fraction.nullable(),
  ci95: interval.nullable(),
});
export type GroupAccuracy = z.infer<typeof groupAccuracy>;

/** A share of n things, with its interval. */
export const proportion = z.strictObject({
  n: count,
  count: z.int().min(0),
  value: fraction,
  ci95: interval,
});
export type Proportion = z.infer<typeof proportion>;

/**
 * Share of the examples that are classified as the attack intended: as their target, or, untargeted, not as their
 * label. An example whose target is its label cannot succeed and is not counted; null where all are such.
 */
export const attackSuccess = proportion.nullable();
export type AttackSuccess = z.infer<typeof attackSuccess>;

/** What an attack did to its examples. */
export const attackEffect = {
  /** Over the examples, in the attack's own norm: what was reached, which may be less than epsilon. */
  meanNorm: z.number().min(0),
  maxNorm: z.number().min(0),
  /** Examples whose gradient was zero at some step, which then moved nothing. */
  zeroGradients: z.int().min(0),
  /** Examples whose gradient was not finite at some step, which then moved nothing. */
  nonFiniteGradients: z.int().min(0),
};
export type AttackEffect = z.infer<z.ZodObject<typeof attackEffect>>;
