import { tf } from '../backend/tf.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';

/** The norm of each example's perturbation, [0,1] pixel units. */
export function perturbationNorms(xAdversarial: tf.Tensor4D, x: tf.Tensor4D, norm: Norm): Float32Array {
  const norms = tf.tidy(() => perturbationSets[norm](0).norm(xAdversarial.sub(x)));
  const values = norms.dataSync() as Float32Array;
  norms.dispose();
  return values.slice();
}
