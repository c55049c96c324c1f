import { z } from 'zod';
import { count, splits } from '../../values.js';

/** What the manifest of every data set states. */
export const datasetFacts = {
  name: z.string(),
  split: z.enum(splits),
  examples: count,
  /** Height, width, channels. */
  imageShape: z.tuple([count, count, count]),
  /** uint8 images are pixels 0..255; float32 images lie in [0,1]. */
  imageDtype: z.enum(['uint8', 'float32']),
  classNames: z.array(z.string()),
  /** Per-channel mean and standard deviation of the canonical training split, in [0,1] units: what models normalise by. */
  mean: z.array(z.number()),
  std: z.array(z.number()),
};
