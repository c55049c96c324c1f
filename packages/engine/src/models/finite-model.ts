import { tf } from '../backend/tf.js';
import type { Model } from './model.js';

/**
 * Whether a model computes finite numbers of two images, dark and light grey: weights may be finite, and too large for
 * what is computed with them.
 */
export function computesFinite(model: Model): boolean {
  return tf.tidy(() => {
    const image = (grey: number) => tf.fill([1, ...model.inputShape], grey);
    const images = tf.concat([image(0.25), image(0.75)]) as tf.Tensor4D;
    return model.checkedForward(images).finite.all().dataSync()[0] === 1;
  });
}
