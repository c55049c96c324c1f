import { averagePool, batchNormRelu, concat, conv, type Layer, layOut, parametersOf } from '@toogit/networks';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import { generator } from '../random/generator.js';
import { type FoldedParameters, fold, foldedMaps } from './folded.js';
import { forward } from './forward.js';

beforeAll(async () => {
  await startTestEngine();
});

const random = generator([4, 2]);
const normals = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  );

/** The layers as a function of an image, in evaluation, with parameters drawn at random (variances are positive). */
function evaluate(layers: Layer[], inputShape: [number, number, number]) {
  const network = layOut(layers, inputShape);
  const parameters = new Map(
    parametersOf(network.nodes).map(({ name, shape }) => {
      const values = normals(shape);
      return [name, name.endsWith('variance') ? values.square().add(0.5) : values];
    }),
  );
  const maps = foldedMaps(
    (node): FoldedParameters => fold(node, (name) => parameters.get(name) as tf.Tensor),
  );
  return { network, parameters, run: (x: tf.Tensor) => forward(network.nodes, x, maps) };
}

const maxPool3: Layer = { kind: 'maxPool', size: 3, stride: 2 };
const averagePool3: Layer = { kind: 'averagePool', size: 3, stride: 1 };
const bare = { batchNorm: false, bias: false, relu: false } as const;

describe.each<[string, Layer[], number[]]>([
  ['batch norm of its own', [batchNormRelu], [6, 5, 2]],
  ['convolution with bias and batch norm', [conv(3, { bias: true })], [6, 5, 3]],
  ['convolution with neither', [conv(3, bare)], [6, 5, 3]],
  ['row convolution', [conv(3, { size: [1, 7] })], [6, 5, 3]],
  ['column convolution', [conv(3, { size: [7, 1] })], [6, 5, 3]],
  ['average pool 2', [averagePool], [3, 2, 2]],
  ['average pool 3', [averagePool3], [6, 5, 2]],
  ['max pool 3', [maxPool3], [3, 3, 2]],
  ['concatenation', [concat([], [conv(3, bare)], [averagePool3])], [6, 5, 7]],
])('%s', (_, layers, outputShape) => {
  const { network, run } = evaluate(layers, [6, 5, 2]);
  const x = normals([1, 6, 5, 2]);

  it('gives the shape laid out', () => {
    expect(network.outputShape).toEqual(outputShape);
    expect(run(x).shape).toEqual([1, ...outputShape]);
  });

  it('has the gradient of finite differences', () => {
    const weights = normals([1, ...outputShape]);
    const scalar = (z: tf.Tensor) => run(z).mul(weights).sum() as tf.Scalar;
    const gradient = tf.grad(scalar)(x).dataSync();
    const data = x.dataSync();
    const step = 2e-3;
    const moved = (i: number, by: number) =>
      tf.tidy(() => {
        const values = data.map((value, j) => (i === j ? value + by : value));
        return scalar(tf.tensor(values, x.shape)).dataSync()[0] as number;
      });
    // A kink within the step spoils an estimate, so a few may differ.
    const wrong = [...gradient].filter((slope, i) => {
      const numeric = (moved(i, step) - moved(i, -step)) / (2 * step);
      return Math.abs(numeric - slope) > 0.02 * Math.max(1, Math.abs(slope));
    });
    expect(wrong.length).toBeLessThanOrEqual(2);
    expect(gradient.some((slope) => slope !== 0)).toBe(true);
  });
});

describe('padding', () => {
  const x = tf.tensor4d([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 3, 3, 1]);
  it('of a maximum is below every number', () => {
    const { run } = evaluate([maxPool3], [3, 3, 1]);
    expect([...run(x).dataSync()]).toEqual([-1, -2, -4, -5]);
  });

  it('of an average counts as zeros', () => {
    const { run } = evaluate([averagePool3], [3, 3, 1]);
    const [corner, , , , middle] = run(x).dataSync();
    expect(corner).toBeCloseTo(-12 / 9, 5);
    expect(middle).toBeCloseTo(-5, 5);
  });
});

it('a branch without layers is the image itself', () => {
  const { run, network } = evaluate([concat([], [conv(1)])], [4, 4, 2]);
  const x = normals([2, 4, 4, 2]);
  expect([...run(x).slice([0, 0, 0, 0], [2, 4, 4, 2]).dataSync()]).toEqual([...x.dataSync()]);
  expect(parametersOf(network.nodes).map(({ name }) => name)).toContain('layers.0.branches.1.0.kernel');
});
