import { l2 } from './l2.js';
import { linf } from './linf.js';
import type { PerturbationSet } from './perturbation-set.js';

/** Every perturbation set by the norm that names it. */
export const perturbationSets = { l2, linf } as const satisfies Record<
  string,
  (epsilon: number) => PerturbationSet
>;

export type Norm = keyof typeof perturbationSets;
