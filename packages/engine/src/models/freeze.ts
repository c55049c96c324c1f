import { architectures, type LinearNode, type Node } from '@toogit/networks';
import { tf } from '../backend/tf.js';
import { type FoldedParameters, fold, foldedMaps } from './folded.js';
import { forward } from './forward.js';
import type { Classifier, Model } from './model.js';

/**
 * A copy of the model as it evaluates, with everything constant worked out once: batch norm folded into the
 * convolution before it (a scale and shift where there is none), 1/std into the first one, the scale of the logits into the last layer. (The mean stays a subtraction,
 * as zero padding comes after it.) The way to attack or evaluate a model that doesn't change: there are no variables,
 * and nothing is computed but what x needs.
 */
export function freezeModel(model: Model): Classifier {
  const { options, network, classifier } = model;
  const { scale } = architectures[options.architecture].classifier;
  const folded = new Map<string, FoldedParameters>();
  const linear = linearNodes([...network.nodes, classifier]);
  tf.tidy(() => {
    linear.forEach((node, index) => {
      const { kernel, bias } = fold(node, model.parameter);
      const last = index === linear.length - 1;
      const factor = index === 0 ? inverse(options.std) : tf.scalar(last ? scale : 1);
      folded.set(node.name, {
        kernel: tf.keep(kernel.mul(factor)),
        bias: bias && tf.keep(bias.mul(last ? scale : 1)),
      });
    });
  });
  const mean = tf.tensor1d([...options.mean]);
  const maps = foldedMaps((node) => folded.get(node.name) as FoldedParameters);
  const features = (x: tf.Tensor4D) => forward(network.nodes, x.sub(mean), maps) as tf.Tensor2D;

  return {
    inputShape: options.inputShape,
    numClasses: options.numClasses,
    variables: [],
    features,
    forward: (x) => maps.multiply(classifier, features(x)),
    dispose: () => {
      tf.dispose([
        mean,
        ...[...folded.values()].flatMap(({ kernel, bias }) => (bias ? [kernel, bias] : [kernel])),
      ]);
    },
  };
}

/** Against a convolution's kernel [size, size, channels, filters]. */
const inverse = (std: readonly number[]) =>
  tf.tensor4d(
    std.map((value) => 1 / value),
    [1, 1, std.length, 1],
  );

function linearNodes(nodes: Node[]): LinearNode[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'conv':
      case 'dense':
      case 'batchNorm':
        return [node];
      case 'residual':
        return [...linearNodes(node.body), ...(node.shortcut ? [node.shortcut] : [])];
      case 'concat':
        return node.branches.flatMap(linearNodes);
      default:
        return [];
    }
  });
}
