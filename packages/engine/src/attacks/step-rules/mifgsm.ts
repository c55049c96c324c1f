import { type RunningSumRule, runningSumRule } from './running-sum.js';
import type { Ascent, StepRule } from './step-rule.js';

/** Steps along a running sum of normalised gradients, L2 or L∞ (Dong et al. 2018, eq. 6 to 8). */
export const mifgsmRule = (set: Ascent, params: RunningSumRule): StepRule => runningSumRule(set, params);
