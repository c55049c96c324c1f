import { tf } from '../../backend/tf.js';
import { deriveSeed } from '../../random/derive-seed.js';
import { seedTensor } from '../../random/stateless.js';
import type { StepRule } from './step-rule.js';

export type Shape = [number, number, number, number];

/** x after steps along these gradients, from 0, without a projection; and where each gradient would have been taken. */
export function walk(
  rule: StepRule,
  shape: Shape,
  gradients: number[][],
): { x: number[]; lookedAt: number[][] } {
  return tf.tidy(() => {
    let x = tf.zeros(shape) as tf.Tensor4D;
    let state = rule.start(x);
    const lookedAt: number[][] = [];
    for (const gradient of gradients) {
      lookedAt.push(Array.from((rule.lookAt?.(x, state) ?? x).dataSync()));
      const at = { x, gradient: tf.tensor4d(gradient, shape), values: null, success: null };
      ({ x, state } = rule.move({ ...at, project: (x) => x, seed: null }, state));
    }
    return { x: Array.from(x.dataSync()), lookedAt };
  });
}

export const seedOf = (seed: number): tf.Tensor1D => seedTensor(deriveSeed(seed));
