import { tf } from './tf.js';
import { traceFunction } from './trace.js';

/**
 * Whether a function traced with `precision: 'bfloat16'` computes in it here, by trying. TensorFlow rewrites graphs for
 * bfloat16 only where it uses oneDNN, by default on CPUs with AVX-512 VNNI or BF16, AVX-VNNI or AMX; elsewhere such a
 * function is the same as in float32.
 */
export function computesInBfloat16(): boolean {
  return tf.tidy(() => {
    const x = tf.fill([8, 8], 1 + 2 ** -12);
    const products = (y: tf.Tensor) => y.matMul(x).relu().matMul(x).relu().matMul(x);
    const [exact, coarse] = (['float32', 'bfloat16'] as const).map((precision) => {
      const traced = traceFunction(products, [x], { precision });
      const product = traced(x);
      traced.dispose();
      return product;
    }) as [tf.Tensor, tf.Tensor];
    return (exact.sub(coarse).abs().max().dataSync()[0] as number) > 0;
  });
}
