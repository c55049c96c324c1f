import { z } from 'zod';
import { defineJob } from '../../definitions/job-definition.js';
import { count, featurePerturbation, proportion, splits } from '../../values.js';

/**
 * Usefulness of a model's penultimate features, each scaled to mean 0 and variance 1, for telling one class (y = +1)
 * from the rest (y = −1): ρ = E[y·f(x)], γ = E[inf over δ of y·f(x+δ)] (Ilyas et al. 2019, section 2). Features are
 * taken as they are, not their negatives. Part `usefulness`: float32 `rho` [F,C], `gamma` [F,C] and their standard errors
 * `rhoError`, `gammaError` [F,C]; NaN for features that are constant, which are left out of everything else.
 */
export const featureUsefulnessJob = defineJob({
  kind: 'feature-usefulness',
  version: 2,
  resource: 'cpu',
  params: z.strictObject({}),
  inputs: { responses: { artifact: 'featureResponses', arity: 'many' } },
  output: 'featureUsefulness',
  result: z.strictObject({
    perturbation: featurePerturbation,
    trainedOn: z.string(),
    evaluatedOn: z.string(),
    split: z.enum(splits),
    /** Examples. */
    n: count,
    features: count,
    classes: count,
    /** Of the pairs of a class and a feature that is not constant: ρ > 0 by more than 1.96 standard errors. */
    useful: proportion,
    /** γ > 0 by more than 1.96 standard errors. */
    robustlyUseful: proportion,
    /** Useful, and γ < 0: γ-robustly useful for no γ ≥ 0. */
    usefulNotRobust: proportion,
    /** One a feature: the class for which it is most useful. */
    points: z.array(
      z.strictObject({
        feature: z.int().min(0),
        class: z.int().min(0),
        rho: z.number(),
        rhoError: z.number(),
        gamma: z.number(),
        gammaError: z.number(),
      }),
    ),
  }),
  maxAttempts: 3,
});
