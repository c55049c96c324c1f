import { tf } from '../backend/tf.js';

export interface SgdParams {
  momentum: number;
  nesterov: boolean;
  /** L2 penalty: `weightDecay × w` joins the gradient of convolutions' and linear layers' kernels, not of scales, offsets and biases. */
  weightDecay: number;
}

/** Stochastic gradient descent as PyTorch defines it: v <- momentum·v + g; w <- w - rate·(g + momentum·v), or rate·v without Nesterov. */
export interface Sgd {
  /** One for each trainable variable, in order. */
  readonly velocities: tf.Variable[];
  /** @param learningRate scalar tensor */
  apply(gradients: tf.NamedTensorMap, learningRate: tf.Scalar): void;
  dispose(): void;
}

export function sgd(variables: tf.Variable[], { momentum, nesterov, weightDecay }: SgdParams): Sgd {
  const velocities = tf.tidy(() => variables.map((variable) => tf.variable(tf.zerosLike(variable), false)));
  const isKernel = (variable: tf.Variable) => variable.rank >= 2;
  return {
    velocities,
    apply: (gradients, learningRate) => {
      variables.forEach((variable, index) => {
        const velocity = velocities[index] as tf.Variable;
        const raw = gradients[variable.name] as tf.Tensor;
        const gradient = weightDecay > 0 && isKernel(variable) ? raw.add(variable.mul(weightDecay)) : raw;
        velocity.assign(velocity.mul(momentum).add(gradient));
        const direction = nesterov ? gradient.add(velocity.mul(momentum)) : velocity;
        variable.assign(variable.sub(direction.mul(learningRate)));
      });
    },
    dispose: () => tf.dispose(velocities),
  };
}
