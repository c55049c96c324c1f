import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { noise } from '../models/golden-noise.fixture.js';
import type { Classifier } from '../models/model.js';
import { type Norm, perturbationSets } from '../perturbation-sets/registry.js';
import { seedTensor } from '../random/stateless.js';
import { createAttack } from './attack.js';
import { runLoop, traceLoop } from './attack-loop.js';
import { attackEvaluation } from './attack-objective.js';
import { stepRules } from './step-rules.js';

interface Case {
  method: keyof typeof stepRules;
  params: { norm: Norm; epsilon: number; stepSize: number; steps: number; [own: string]: unknown };
  targeted: boolean;
  images: string;
  /** Of runs from a point of their own. */
  start?: string;
  succeeded?: number[];
}

/** What torchattacks makes with the same network, images and parameters: golden/attacks.py, whose rule is this one. */
const golden = JSON.parse(readFileSync(new URL('../../golden/attacks.json', import.meta.url), 'utf8')) as {
  shape: [number, number, number, number];
  hidden: number;
  classes: number;
  labels: number[];
  targets: number[];
  cases: Case[];
  square: { runs: number; queries: number; epsilon: number; fooled: number };
};
const { shape, hidden, classes } = golden;
const pixels = shape[1] * shape[2] * shape[3];

const ruled = (tensor: number, dimensions: number[]): tf.Tensor =>
  tf.tensor(Float32Array.from(noise(tensor, tf.util.sizeFromShape(dimensions))), dimensions);

const decoded = (text: string) => {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return tf.tensor4d(values, shape);
};

let network: Classifier;
let images: tf.Tensor4D;
beforeAll(async () => {
  await startTestEngine();
  images = ruled(0, shape) as tf.Tensor4D;
  const [a, b] = [ruled(1, [pixels, hidden]), ruled(2, [hidden, classes])].map((x) => x.mul(2).sub(1)) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const features = (x: tf.Tensor4D) => x.reshape([-1, pixels]).sub(0.5).matMul(a).tanh() as tf.Tensor2D;
  network = {
    inputShape: [shape[1], shape[2], shape[3]],
    numClasses: classes,
    variables: [],
    features,
    forward: (x) => features(x).mul(4).matMul(b) as tf.Tensor2D,
    dispose: () => {},
  };
});

const nameOf = ({ method, params, targeted, images: _, start: __, succeeded: ___ }: Case): string => {
  const { norm, epsilon: ____, ...own } = params;
  return `${method} ${norm} ${targeted ? 'targeted ' : ''}${JSON.stringify(own)}`;
};

const ruleOf = ({ method, params }: Case) =>
  stepRules[method](perturbationSets[params.norm](params.epsilon), params as never);
const largest = (a: tf.Tensor, b: tf.Tensor) => a.sub(b).abs().max().dataSync()[0];

it.each(golden.cases.filter(({ start }) => start === undefined).map((each) => [nameOf(each), each] as const))(
  '%s makes the images that torchattacks makes',
  async (_, each) => {
    const { params, targeted } = each;
    const attack = createAttack(network, {
      ...{ ...params, targeted, rule: () => ruleOf(each) },
      ...{ randomStart: false, restarts: 1, gradientSamples: 1 },
    });
    const labels = tf.tensor1d(targeted ? golden.targets : golden.labels, 'int32');
    const { images: found } = await attack.run(images, labels, 0);
    expect(largest(found, decoded(each.images))).toBeLessThan(1e-4);
    expect(largest(found, images)).toBeGreaterThan(params.epsilon / 20);
    attack.dispose();
  },
);

it.each(golden.cases.filter(({ start }) => start !== undefined).map((each) => [nameOf(each), each] as const))(
  '%s finds the points that torchattacks finds from the same start',
  async (_, each) => {
    const { params } = each;
    const set = perturbationSets[params.norm](params.epsilon);
    const rule = ruleOf(each);
    const evaluate = attackEvaluation(
      { classifier: network, targeted: false, nonTransferModels: [] },
      params.loss as 'ce' | 'dlr',
    );
    const labels = tf.tensor1d(golden.labels, 'int32');
    const given = [images, labels, seedTensor([0, 0])];
    const start = decoded(each.start as string);
    const loop = traceLoop(
      {
        objective: (x, _center, labels) => evaluate(x, labels as tf.Tensor1D),
        rule,
        project: (x, center) => set.project(x, center as tf.Tensor4D),
      },
      { variables: [], precision: 'float32', keepBest: false },
      start,
      given,
    );
    // One step more: the point after the last one is evaluated there, too.
    const { best } = await runLoop(loop, start, {
      steps: params.steps + 1,
      inputsOf: () => ({ inputs: given }),
    });
    const found = best as tf.Tensor4D;
    const predicted = network.forward(found).argMax(1).dataSync();
    expect(Array.from(predicted, (label, i) => Number(label !== golden.labels[i]))).toEqual(each.succeeded);
    // An image whose losses differ by rounding alone at a checkpoint may go another way, to a point as good.
    const theirs = decoded(each.images);
    const differences = found.sub(theirs).abs().max([1, 2, 3]).dataSync();
    expect(differences.filter((difference) => difference < 1e-4).length).toBeGreaterThanOrEqual(shape[0] - 1);
    expect(largest(evaluate(found, labels).values, evaluate(theirs, labels).values)).toBeLessThan(1e-4);
    loop.dispose();
  },
);

it('square fools as many images as torchattacks does, in as many runs and queries', async () => {
  const { runs, queries: steps, epsilon, fooled } = golden.square;
  const copies = images.tile([runs, 1, 1, 1]) as tf.Tensor4D;
  const labels = tf.tensor1d(new Array(runs).fill(golden.labels).flat(), 'int32');
  const attack = createAttack(network, {
    ...{ norm: 'linf', epsilon, stepSize: epsilon, steps, targeted: false },
    ...{ randomStart: false, restarts: 1, gradientSamples: 1 },
    rule: (set) => stepRules.square(set, { steps, firstShare: 0.8 }),
  });
  const { images: found } = await attack.run(copies, labels, 1);
  const ours = network.forward(found).argMax(1).notEqual(labels).sum().dataSync()[0] as number;
  // Three standard deviations of the difference of two proportions.
  const [n, p] = [runs * shape[0], fooled / (runs * shape[0])];
  expect(Math.abs(ours - fooled) / n).toBeLessThan(3 * Math.sqrt((2 * p * (1 - p)) / n));
  attack.dispose();
});
