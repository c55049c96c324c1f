import { z } from 'zod';

/** What a computation may silently fail to do. A code never changes its meaning. */
export const warningCodes = [
  'EPSILON_ZERO',
  'EPSILON_BELOW_PRECISION',
  'EPSILON_OUT_OF_REACH',
  'EPSILON_NOT_REACHED',
  'STEP_LONGER_THAN_EPSILON',
  'RESTARTS_ALL_EQUAL',
  'GRADIENTS_ZERO',
  'GRADIENTS_NOT_FINITE',
  'NESTEROV_WITHOUT_MOMENTUM',
  'LABELS_WITHOUT_INFORMATION',
  'BATCH_LARGER_THAN_SET',
  'TRAINING_COLLAPSED',
  'ONE_CLASS_PREDICTED',
] as const;

/**
 * Something that runs as specified, and most likely is not what was meant. It refuses nothing and changes no job
 * key: it stands beside a plan, an experiment, a job and under a figure.
 */
export const warning = z.strictObject({
  code: z.enum(warningCodes),
  /** Of a spec `steps.attack.stepSize`, of a job `params.stepSize` or `result.zeroGradients`, of a figure the row's label. */
  path: z.string(),
  message: z.string(),
  /** What to change. */
  next: z.string(),
});
export type Warning = z.infer<typeof warning>;

/** The warning at a path below another: `steps.attack` and `stepSize`. */
export const below =
  (path: string) =>
  (each: Warning): Warning => ({ ...each, path: `${path}.${each.path}` });
