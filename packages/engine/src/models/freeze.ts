import { tf } from '../backend/tf.js';
import { architectures } from './architectures.js';
import { type FoldedParameters, fold, foldedMaps } from './folded.js';
import { forward } from './forward.js';
import { type Classifier, type Model, scaled } from './model.js';
import type { ConvNode, DenseNode, Node } from './network.js';

/**
 * A copy of the model as it evaluates, with everything constant worked out once: batch norm folded into the
 * convolutions, 1/std into the first one. (The mean stays a subtraction, as zero padding comes after it.) The way to
 * attack or evaluate a model that doesn't change: there are no variables, and nothing is computed but what x needs.
 */
export function freezeModel(model: Model): Classifier {
  const { options, network, classifier } = model;
  const { scale } = architectures[options.architecture].classifier;
  const folded = new Map<string, FoldedParameters>();
  tf.tidy(() => {
    linearNodes([...network.nodes, classifier]).forEach((node, index) => {
      const { kernel, bias } = fold(node, model.parameter);
      folded.set(node.name, {
        kernel: tf.keep(index === 0 ? kernel.mul(inverse(options.std)) : kernel.clone()),
        bias: bias && tf.keep(bias.clone()),
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
    forward: (x) => scaled(maps.multiply(classifier, features(x)), scale),
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

function linearNodes(nodes: Node[]): (ConvNode | DenseNode)[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'conv' || node.kind === 'dense') return [node];
    if (node.kind !== 'residual') return [];
    return [...linearNodes(node.body), ...(node.shortcut ? [node.shortcut] : [])];
  });
}
