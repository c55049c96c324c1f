import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { computesInBfloat16 } from './bfloat16.js';
import { attribute, executeOp } from './native-ops.js';
import { startTestEngine } from './testing/start-test-engine.js';
import { tensorCount } from './testing/tensor-count.js';
import { tf } from './tf.js';
import { traceFunction } from './trace.js';

beforeAll(async () => {
  await startTestEngine();
}, 600_000);

/** A small network with everything that a real one has: normalisation, convolutions, pooling, a residual, a loss. */
function smallNet(seed = 1) {
  const weights = (shape: number[], i: number) =>
    tf.variable(tf.randomNormal(shape, 0, 0.3, 'float32', seed + i));
  const first = weights([3, 3, 3, 8], 0) as Variable<tf.Rank.R4>;
  const second = weights([3, 3, 8, 8], 1) as Variable<tf.Rank.R4>;
  const scale = tf.variable(tf.ones([8]));
  const last = weights([8, 5], 2) as Variable<tf.Rank.R2>;
  const mean = tf.tensor1d([0.49, 0.48, 0.45]);
  const logits = (x: Tensor): Tensor => {
    const a = tf
      .conv2d(x.sub(mean) as Tensor4D, first, 1, 'same')
      .mul(scale)
      .relu() as Tensor4D;
    const b = tf.conv2d(a, second, 1, 'same').relu().add(a) as Tensor4D;
    return tf.maxPool(b, 2, 2, 'valid').mean([1, 2]).matMul(last);
  };
  const loss = (x: Tensor, y: Tensor): Tensor =>
    tf
      .oneHot(y, 5)
      .mul(logits(x).logSoftmax())
      .sum()
      .neg()
      .div(x.shape[0] ?? 1);
  return { variables: [first, second, scale, last], logits, loss };
}

const images = (seed: number, n = 6): Tensor => tf.randomUniform([n, 8, 8, 3], 0, 1, 'float32', seed);
const labels = (n = 6): Tensor =>
  tf.tensor1d(
    Array.from({ length: n }, (_, i) => i % 5),
    'int32',
  );
const largest = (a: Tensor, b: Tensor): number =>
  tf.tidy(() => a.sub(b).abs().max().dataSync()[0] ?? Number.NaN);

describe('a traced function', () => {
  it('gives the gradient that eager execution gives, on other inputs and after the variables changed', async () => {
    const net = smallNet();
    const inputGradient = (x: Tensor, y: Tensor) => tf.grad((z) => net.loss(z, y))(x);
    const traced = traceFunction(inputGradient, [images(1), labels()], { variables: net.variables });
    expect(traced.operations).toBeGreaterThan(30);
    for (const seed of [1, 2, 3]) {
      const x = images(seed);
      const expected = inputGradient(x, labels());
      expect(expected.abs().max().dataSync()[0]).toBeGreaterThan(1e-3);
      expect(largest(traced(x, labels()), expected)).toBeLessThan(1e-6);
      expect(largest(await traced.async(x, labels()), expected)).toBeLessThan(1e-6);
      for (const variable of net.variables) variable.assign(variable.mul(1.1));
    }
  });

  it('trains as eager execution does: assigned variables are written back', () => {
    const train = (run: (step: (x: Tensor, y: Tensor) => Tensor, variables: Variable[]) => typeof step) => {
      const net = smallNet();
      const momenta = net.variables.map((v) => tf.variable(tf.zerosLike(v), false));
      const step = (x: Tensor, y: Tensor): Tensor => {
        const { value, grads } = tf.variableGrads(() => net.loss(x, y).asScalar(), net.variables);
        for (const [i, v] of net.variables.entries()) {
          const momentum = momenta[i] as Variable;
          momentum.assign(momentum.mul(0.9).add(grads[v.name] as Tensor));
          v.assign(v.sub(momentum.mul(0.05)));
        }
        return value;
      };
      const run1 = run(step, [...net.variables, ...momenta]);
      const losses = [1, 2, 1, 2, 1, 2].map(
        (seed) => run1(images(seed), labels()).dataSync()[0] ?? Number.NaN,
      );
      return { losses, weights: net.variables };
    };
    const eager = train((step) => (x, y) => tf.tidy(() => step(x, y)));
    const traced = train((step, variables) => traceFunction(step, [images(1), labels()], { variables }));
    expect(eager.losses[4]).toBeLessThan((eager.losses[0] as number) * 0.99);
    for (const [i, loss] of eager.losses.entries()) expect(traced.losses[i]).toBeCloseTo(loss, 5);
    for (const [i, weights] of eager.weights.entries()) {
      expect(largest(traced.weights[i] as Tensor, weights)).toBeLessThan(1e-5);
    }
  });

  it('is deterministic, bit for bit', () => {
    const run = () => {
      const net = smallNet(7);
      const gradient = traceFunction((x, y) => tf.grad((z) => net.loss(z, y))(x), [images(1), labels()], {
        variables: net.variables,
      });
      let x = images(1);
      for (let i = 0; i < 5; i++) x = x.add(gradient(x, labels()).sign().mul(0.01));
      return x.dataSync();
    };
    expect(run()).toEqual(run());
  });

  it('keeps inputs apart that share their memory, and variables too', () => {
    const x = tf.ones([4]);
    const difference = traceFunction((a, b) => a.sub(b), [x, x.clone()]);
    expect([...difference(tf.tensor1d([5, 5, 5, 5]), tf.tensor1d([1, 2, 3, 4])).dataSync()]).toEqual([
      4, 3, 2, 1,
    ]);
    const v = tf.variable(x);
    const w = tf.variable(x);
    const move = traceFunction(
      (a) => {
        v.assign(w.add(a));
        return v.sub(w);
      },
      [x],
      { variables: [v, w] },
    );
    expect([...move(x).dataSync()]).toEqual([1, 1, 1, 1]);
    expect([...v.dataSync(), ...w.dataSync()]).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('swaps variables and returns inputs, the same output twice and constants', () => {
    const v = tf.variable(tf.scalar(1));
    const w = tf.variable(tf.scalar(2));
    const swap = traceFunction(
      (a) => {
        const old = v.clone();
        v.assign(w);
        w.assign(old);
        return [a, a, tf.scalar(9), v];
      },
      [tf.scalar(0)],
      { variables: [v, w] },
    );
    expect(swap(tf.scalar(3)).map((t) => t.dataSync()[0])).toEqual([3, 3, 9, 2]);
    expect([v.dataSync()[0], w.dataSync()[0]]).toEqual([2, 1]);
    swap(tf.scalar(3));
    expect([v.dataSync()[0], w.dataSync()[0]]).toEqual([1, 2]);
  });

  it('captures tensors of the outside, however large, used before or not', () => {
    const data = tf.tensor1d(Float32Array.from({ length: 10_000 }, (_, i) => i));
    const used = data.add(1);
    const gather = traceFunction(
      (i) => [tf.gather(data, i), tf.gather(used, i)],
      [tf.tensor1d([0], 'int32')],
    );
    data.dispose();
    used.dispose();
    const [a, b] = gather(tf.tensor1d([1234], 'int32'));
    expect([a?.dataSync()[0], b?.dataSync()[0]]).toEqual([1234, 1235]);
  });

  it('takes large tensors of one value, as zeros and ones are', () => {
    const fill = traceFunction(
      (a) => a.add(tf.ones([100, 100])).mul(tf.fill([100, 100], 3)),
      [tf.zeros([100, 100])],
    );
    expect(
      fill(tf.zeros([100, 100]))
        .mean()
        .dataSync()[0],
    ).toBe(3);
  });

  it('handles operations whose inputs are lists', () => {
    const lists = traceFunction(
      (a, b) => [tf.concat([a, b, a]), tf.stack([a, b], 1), tf.addN([a, b, b]), tf.einsum('i,j->ij', a, b)],
      [tf.zeros([2]), tf.zeros([2])],
    );
    const results = lists(tf.tensor1d([1, 2]), tf.tensor1d([3, 4])).map((t) => t.arraySync());
    expect(results).toEqual([
      [1, 2, 3, 4, 1, 2],
      [
        [1, 3],
        [2, 4],
      ],
      [7, 10],
      [
        [3, 4],
        [6, 8],
      ],
    ]);
  });

  it('draws new random numbers from a seed that is an input', () => {
    const draw = traceFunction(
      (seed) => {
        const attributes = [
          attribute.type('dtype', 'float32'),
          attribute.type('T', 'int32'),
          attribute.type('Tseed', 'int32'),
        ];
        return executeOp('StatelessRandomNormal', attributes, [tf.tensor1d([1000], 'int32'), seed], 1);
      },
      [tf.tensor1d([0, 0], 'int32')],
    );
    const values = (k: number) => draw(tf.tensor1d([7, k], 'int32'))[0]?.dataSync();
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
  });

  it('becomes part of another function that is traced over it', () => {
    const v = tf.variable(tf.scalar(1));
    const inner = traceFunction(
      (a) => {
        v.assign(v.add(a));
        return v.square();
      },
      [tf.scalar(0)],
      { variables: [v] },
    );
    const outer = traceFunction((a) => inner(a).add(inner(a)), [tf.scalar(0)], { variables: [v] });
    expect(outer(tf.scalar(1)).dataSync()[0]).toBe(4 + 9);
    expect(v.dataSync()[0]).toBe(3);
  });

  it('runs off the event loop', async () => {
    const work = traceFunction(
      (a) => {
        let x = a;
        for (let i = 0; i < 40; i++) x = tf.matMul(x, a);
        return x;
      },
      [tf.zeros([700, 700])],
    );
    const a = tf.randomNormal([700, 700], 0, 0.03, 'float32', 1);
    work(a).dispose();
    let ticks = 0;
    const startedAt = performance.now();
    const timer = setInterval(() => ticks++, 5);
    const result = await work.async(a);
    clearInterval(timer);
    const elapsedMs = performance.now() - startedAt;
    expect(elapsedMs).toBeGreaterThan(50);
    expect(ticks).toBeGreaterThan(elapsedMs / 5 / 4);
    expect(largest(result, work(a))).toBe(0);
  });

  it('leaks nothing, whichever way it is called', async () => {
    const net = smallNet();
    const [x, y] = [images(1), labels()];
    const step = (a: Tensor, b: Tensor) => {
      const { value, grads } = tf.variableGrads(() => net.loss(a, b).asScalar(), net.variables);
      for (const v of net.variables) v.assign(v.sub((grads[v.name] as Tensor).mul(0.001)));
      return value;
    };
    const traced = traceFunction(step, [x, y], { variables: net.variables });
    const everyWay = async () => {
      for (let i = 0; i < 50; i++) {
        traced(x, y).dispose();
        (await traced.async(x, y)).dispose();
        tf.tidy(() => {
          step(x, y);
          traced(x, y);
        });
        if (i % 10 > 0) continue;
        const again = traceFunction(step, [x, y], { variables: net.variables });
        again(x, y).dispose();
        again.dispose();
        again.dispose();
        expect(() => traceFunction((a) => a.add(a.dataSync()[0] ?? 0), [x])).toThrow();
      }
    };
    await everyWay();
    const before = tensorCount();
    const rssBefore = process.memoryUsage.rss();
    for (let k = 0; k < 3; k++) await everyWay();
    expect(tensorCount()).toEqual(before);
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(40e6);
  });
});

describe('precision', () => {
  it('bfloat16 computes convolutions with 8 bits of mantissa, and the same bytes each time', (context) => {
    if (!computesInBfloat16()) context.skip('needs a CPU on which TensorFlow computes in bfloat16');
    const { variables, logits } = smallNet();
    const x = tf.randomUniform([4, 8, 8, 3], 0, 1, 'float32', 7);
    const exact = traceFunction(logits, [x], { variables });
    const coarse = traceFunction(logits, [x], { variables, precision: 'bfloat16' });
    const [expected, got, again] = [exact(x), coarse(x), coarse(x)].map((y) => y.dataSync() as Float32Array);
    const scale = Math.max(...(expected ?? []).map(Math.abs));
    const error = Math.max(...(expected ?? []).map((value, i) => Math.abs(value - (got?.[i] ?? 0)))) / scale;
    expect(error).toBeGreaterThan(1e-5); // float32 would be within 1e-6
    expect(error).toBeLessThan(2 ** -5);
    expect(again).toEqual(got);
    exact.dispose();
    coarse.dispose();
  });

  it('bfloat16 is float32 to the bit where the engine reports that it has none, and is not where it has', () => {
    const { variables, logits } = smallNet();
    const x = tf.randomUniform([4, 8, 8, 3], 0, 1, 'float32', 7);
    const [exact, coarse] = (['float32', 'bfloat16'] as const).map((precision) => {
      const traced = traceFunction(logits, [x], { variables, precision });
      const values = traced(x).dataSync();
      traced.dispose();
      return values;
    });
    if (computesInBfloat16()) expect(coarse).not.toEqual(exact);
    else expect(coarse).toEqual(exact);
  });
});
