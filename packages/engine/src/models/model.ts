import { ToogitError } from '@toogit/core';
import {
  architectures,
  type DenseNode,
  type ImageShape,
  layOutModel,
  type ModelShape,
  type Network,
  type ParameterDeclaration,
  parametersOf,
} from '@toogit/networks';
import { tf } from '../backend/tf.js';
import { batchNormTraining } from '../ops/batch-norm.js';
import { deriveSeed } from '../random/derive-seed.js';
import { generator } from '../random/generator.js';
import { fold, foldedMaps } from './folded.js';
import { convolution, forward, type LinearMaps, observed } from './forward.js';

/** A tensor in memory: row-major data and its shape. */
export interface WeightTensor {
  dtype: 'float32';
  shape: number[];
  data: Float32Array;
}

/** Trainable parameters and running statistics by name, in the order of the network. */
export type Weights = Map<string, WeightTensor>;

/**
 * What can be attacked and evaluated: differentiable in x. Images are float32 [n,h,w,c] in [0,1]. Call `forward` and
 * `features` within tf.tidy or traceFunction: what they compute on the way is not disposed otherwise.
 */
export interface Classifier {
  readonly inputShape: ImageShape;
  readonly numClasses: number;
  /** Every variable that `forward` and `features` read. */
  readonly variables: tf.Variable[];
  /** Logits [n, numClasses]. */
  forward(x: tf.Tensor4D): tf.Tensor2D;
  /** The penultimate layer's representation, [n, features]. */
  features(x: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

export interface ModelOptions extends ModelShape {
  /** Per channel, in [0,1] units: the model normalises images by these itself. */
  mean: readonly number[];
  std: readonly number[];
  /** Of the initial weights, which are the same on every backend. */
  seed: number;
}

export interface Model extends Classifier {
  readonly options: Omit<ModelOptions, 'seed'>;
  readonly network: Network;
  readonly classifier: DenseNode;
  readonly trainableVariables: tf.Variable[];
  /** Running means and variances of batch norm. */
  readonly stateVariables: tf.Variable[];
  readonly parameterCount: number;
  /** Multiply-adds × 2 of one example's forward pass. */
  readonly forwardFlops: number;
  /** In training, batch norm uses the batch's statistics and moves the running ones: call it once a step. */
  forward(x: tf.Tensor4D, mode?: 'training' | 'evaluation'): tf.Tensor2D;
  /**
   * Logits as the model evaluates, and whether all that its layers compute of an image is finite, bool [n]. Logits alone do
   * not tell: on some processors a ReLU turns NaN into 0.
   */
  checkedForward(x: tf.Tensor4D): { logits: tf.Tensor2D; finite: tf.Tensor1D };
  /** The last layer alone: logits from features. */
  classify(features: tf.Tensor2D): tf.Tensor2D;
  parameter(name: string): tf.Variable;
  weights(): Weights;
  /** @throws ToogitError ARTIFACT_INVALID unless names and shapes are exactly this model's. */
  loadWeights(weights: Weights): void;
}

/** @throws ToogitError SPEC_INVALID where the architecture has no such depth, INTERNAL where images are too small for it */
export function createModel({ seed, ...options }: ModelOptions): Model {
  const { network, classifier, parameterCount, forwardFlops } = layOutModel(options);
  const declarations = parametersOf([...network.nodes, classifier]);
  const { scale } = architectures[options.architecture].classifier;
  const variables = new Map(declarations.map((d) => [d.name, makeVariable(d, seed)]));
  const parameter = (name: string) => variables.get(name) as tf.Variable;
  const ofKind = (trainable: boolean) =>
    declarations.filter((d) => d.trainable === trainable).map((d) => parameter(d.name));

  const evaluation = foldedMaps((node) => fold(node, parameter));
  const training = trainingMaps(parameter, evaluation);
  const penultimate = (x: tf.Tensor4D, maps: LinearMaps) =>
    forward(network.nodes, normalise(x, options), maps) as tf.Tensor2D;

  return {
    options,
    inputShape: options.inputShape,
    numClasses: options.numClasses,
    network,
    classifier,
    variables: [...variables.values()],
    trainableVariables: ofKind(true),
    stateVariables: ofKind(false),
    parameterCount,
    forwardFlops,
    parameter,
    forward: (x, mode = 'evaluation') => {
      const maps = mode === 'training' ? training : evaluation;
      return maps.multiply(classifier, penultimate(x, maps)).mul(scale);
    },
    features: (x) => penultimate(x, evaluation),
    checkedForward: (x) => {
      const finite: tf.Tensor1D[] = [];
      const maps = observed(evaluation, (y) => {
        finite.push(y.isFinite().all(y.shape.map((_, axis) => axis).slice(1)) as tf.Tensor1D);
      });
      const logits = maps.multiply(classifier, penultimate(x, maps)).mul(scale) as tf.Tensor2D;
      return { logits, finite: finite.reduce((all, layer) => all.logicalAnd(layer)) };
    },
    classify: (features) => evaluation.multiply(classifier, features).mul(scale),
    weights: () => new Map(declarations.map((d) => [d.name, read(parameter(d.name))])),
    loadWeights: (weights) => load(weights, declarations, parameter),
    dispose: () => variables.forEach((variable) => void variable.dispose()),
  };
}

function normalise(x: tf.Tensor4D, { mean, std }: Pick<ModelOptions, 'mean' | 'std'>): tf.Tensor4D {
  return x.sub(tf.tensor1d([...mean])).mul(tf.tensor1d(std.map((value) => 1 / value)));
}

function trainingMaps(parameter: (name: string) => tf.Variable, evaluation: LinearMaps): LinearMaps {
  const batchNorm = (name: string, x: tf.Tensor4D): tf.Tensor4D => {
    const of = (suffix: string) => parameter(`${name}.${suffix}`);
    const { y, runningMean, runningVariance } = batchNormTraining({
      x,
      scale: of('scale'),
      offset: of('offset'),
      runningMean: of('mean'),
      runningVariance: of('variance'),
    });
    of('mean').assign(runningMean);
    of('variance').assign(runningVariance);
    return y;
  };
  return {
    multiply: evaluation.multiply,
    convolve: (node, x) => {
      if (!node.batchNorm) return evaluation.convolve(node, x);
      const y = convolution(node, x, parameter(`${node.name}.kernel`) as tf.Tensor as tf.Tensor4D);
      return batchNorm(node.name, node.bias ? y.add(parameter(`${node.name}.bias`)) : y);
    },
    normalise: (node, x) => batchNorm(node.name, x),
  };
}

function makeVariable({ name, shape, initial, trainable }: ParameterDeclaration, seed: number): tf.Variable {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  if ('constant' in initial) {
    values.fill(initial.constant);
  } else {
    const random = generator(deriveSeed(seed, 'weights', name));
    for (let i = 0; i < values.length; i++) values[i] = random.normal() * initial.std;
  }
  return tf.tidy(() => tf.variable(tf.tensor(values, shape), trainable));
}

function read(variable: tf.Variable): WeightTensor {
  return {
    dtype: 'float32',
    shape: [...variable.shape],
    data: (variable.dataSync() as Float32Array).slice(),
  };
}

function load(
  weights: Weights,
  declarations: ParameterDeclaration[],
  parameter: (name: string) => tf.Variable,
): void {
  const expected = new Set(declarations.map((d) => d.name));
  const unknown = [...weights.keys()].filter((name) => !expected.has(name));
  if (unknown.length > 0) throw mismatch(`unknown weights ${unknown.join(', ')}`);
  for (const { name, shape } of declarations) {
    const found = weights.get(name);
    if (!found) throw mismatch(`no weights for ${name}`);
    if (found.shape.join() !== shape.join()) {
      throw mismatch(`${name} has shape [${found.shape.join()}] instead of [${shape.join()}]`);
    }
  }
  tf.tidy(() => {
    for (const { name, shape } of declarations) {
      parameter(name).assign(tf.tensor((weights.get(name) as WeightTensor).data, shape));
    }
  });
}

const mismatch = (what: string) =>
  new ToogitError('ARTIFACT_INVALID', `the weights are not this architecture's: ${what}`);
