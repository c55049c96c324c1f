import { z } from 'zod';
import { accuracy } from '../../values.js';
import { below, type Warning } from '../../warnings/warning.js';

/** Of an evaluation's result; by class with the number of its examples. */
const predictions = z.object({
  clean: accuracy,
  perClassAccuracy: z.array(z.object({ n: z.int().min(0), correct: z.int().min(0) })),
});
type Predictions = z.output<typeof predictions>;

export function evaluateJobWarnings(_: unknown, result: unknown): Warning[] {
  const { data } = predictions.safeParse(result);
  return data ? predictionWarnings(data).map(below('result')) : [];
}

/** Right for all of one class and none of the others: what is left where every image is taken for that class. */
export function predictionWarnings({ clean, perClassAccuracy }: Predictions): Warning[] {
  const known = perClassAccuracy.filter(({ n }) => n > 0);
  const right = known.filter(({ correct }) => correct > 0);
  const [only] = right;
  if (known.length < 2 || right.length !== 1 || only?.correct !== only?.n) return [];
  return [
    {
      code: 'ONE_CLASS_PREDICTED',
      path: 'perClassAccuracy',
      message: `the model takes all ${clean.n} images for one class, so its accuracy is that class’s share`,
      next: 'Look at its training loss; lower learningRate, warm up, or train for more epochs.',
    },
  ];
}
