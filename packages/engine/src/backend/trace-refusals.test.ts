import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activeBackend } from './active-backend.js';
import { startTestEngine } from './testing/start-test-engine.js';
import { tensorCount } from './testing/tensor-count.js';
import { tf } from './tf.js';
import { traceFunction } from './trace.js';

beforeAll(async () => {
  await startTestEngine();
}, 600_000);

describe('traceFunction refuses', () => {
  let x: Tensor;
  const refusal = (fn: (...inputs: Tensor[]) => Tensor | Tensor[], variables: Variable[] = []) => {
    try {
      traceFunction(fn, [x], { variables });
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const unsupported = (message: RegExp) =>
    expect.objectContaining({ code: 'TRACE_UNSUPPORTED', message: expect.stringMatching(message) });

  beforeAll(() => {
    x = tf.zeros([4, 4]);
  });

  it('a value that is read', () => {
    expect(refusal((a) => ((a.sum().dataSync()[0] ?? 0) > 0 ? a : a.neg()))).toEqual(
      unsupported(/reads the value/),
    );
    expect(refusal((a) => a.add(a.dataSync()[0] ?? 0))).toEqual(unsupported(/reads the value/));
  });

  it('a shape that depends on data', () => {
    const where = (a: Tensor): Tensor => {
      const backend = activeBackend() as unknown as { where(condition: Tensor): Tensor };
      return backend.where(a.greater(0));
    };
    expect(refusal(where)).toEqual(unsupported(/shape depends on data/));
  });

  it('large tensors made in JavaScript', () => {
    expect(refusal((a) => a.add(tf.randomNormal([1000, 4, 4])))).toEqual(unsupported(/16000 elements/));
  });

  it('small random numbers made in JavaScript, which would be frozen', () => {
    expect(refusal((a) => a.add(tf.randomNormal([4])))).toEqual(unsupported(/not do the same twice/));
    expect(refusal((a) => a.add(Math.random()))).toEqual(unsupported(/not do the same twice/));
    let calls = 0;
    expect(refusal((a) => (calls++ % 2 ? a.neg() : a.abs()))).toEqual(unsupported(/not do the same twice/));
  });

  it('a variable that is not named, whether computed with or read', () => {
    const v = tf.variable(tf.scalar(1), false, 'forgotten');
    expect(refusal((a) => a.add(v))).toEqual(unsupported(/variable forgotten/));
    v.assign(v.add(1));
    expect(refusal((a) => a.add(v.dataSync()[0] ?? 0))).toEqual(unsupported(/variable forgotten/));
    expect(refusal((a) => a.add(v), [v])).toBeUndefined();
    v.dispose();
  });

  it('tensors and variables that outlive the call', () => {
    let kept: Tensor | undefined;
    const keeping = (a: Tensor) => {
      kept = tf.keep(a.neg());
      return kept.neg();
    };
    expect(refusal(keeping)).toEqual(unsupported(/keeps 1 tensors/));
    expect(kept).toBeDefined();
    const made: Variable[] = [];
    const slot = (a: Tensor) => {
      made.push(tf.variable(tf.zerosLike(a), false, `slot${made.length}`));
      return a.neg();
    };
    expect(refusal(slot)).toEqual(unsupported(/makes variable slot0/));
    for (const variable of made) variable.dispose();
    expect(refusal((a) => a.add(tf.keep(tf.scalar(1))))).toEqual(unsupported(/keeps 1 tensors/));
  });

  it('results that are no tensors', () => {
    expect(refusal((async (a: Tensor) => a) as unknown as (a: Tensor) => Tensor)).toEqual(
      unsupported(/returns a tensor/),
    );
  });

  it('and after a refusal all is as it was', () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const before = tensorCount();
    const failing = () => {
      v.assign(v.mul(2));
      throw new Error('from within');
    };
    expect(refusal(failing, [v])).toMatchObject({ message: 'from within' });
    expect(tensorCount()).toEqual(before);
    expect([...v.dataSync()]).toEqual([1, 2]);
    v.dispose();
  });
});

describe('a call of a traced function refuses', () => {
  it('other shapes, dtypes or numbers of inputs, and a disposed function', () => {
    const traced = traceFunction((a) => a.neg(), [tf.zeros([2, 3])]);
    expect(() => traced(tf.zeros([3, 2]))).toThrow(/float32\[2,3\].*float32\[3,2\]/);
    expect(() => traced(tf.zeros([2, 3], 'int32'))).toThrow(/int32/);
    const loosely = traced as (...inputs: Tensor[]) => Tensor;
    expect(() => loosely(tf.zeros([2, 3]), tf.scalar(1))).toThrow(/called with/);
    traced.dispose();
    expect(() => traced(tf.zeros([2, 3]))).toThrow(/disposed/);
  });
});
