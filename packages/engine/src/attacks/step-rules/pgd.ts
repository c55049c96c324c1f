import type { Ascent, StepRule } from './step-rule.js';

export interface PgdRule {
  /** Length of a step in the set's norm, in [0,1] pixel units. */
  stepSize: number;
}

/** Steps of one length along which the objective rises most in the set's norm (Madry et al. 2018). */
export const pgdRule = ({ steepestStep }: Ascent, { stepSize }: PgdRule): StepRule => ({
  start: () => [],
  move: ({ x, gradient }) => ({ x: x.add(steepestStep(gradient, stepSize)), state: [] }),
});
