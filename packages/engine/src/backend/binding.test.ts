import { beforeAll, describe, expect, it } from 'vitest';
import { activeBackend } from './active-backend.js';
import type { TensorFlowBinding } from './binding.js';
import { DataTypeNumber } from './data-types.js';
import { attribute, executeOp, hasNativeOps } from './native-ops.js';
import { startTestEngine } from './testing/start-test-engine.js';
import { tensorCount } from './testing/tensor-count.js';
import { tf } from './tf.js';

let binding: TensorFlowBinding;

beforeAll(async () => {
  await startTestEngine();
  const backend = activeBackend();
  if (!backend) throw new Error('no backend');
  binding = backend.binding;
}, 600_000);

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('TensorFlowBinding', () => {
  it.each([
    ['float32', Float32Array.of(1.5, -2, 3)],
    ['int32', Int32Array.of(1, -2, 3)],
    ['int64', BigInt64Array.of(1n, -2n, 2n ** 60n)],
    ['bool', Uint8Array.of(1, 0, 1)],
    ['uint8', Uint8Array.of(0, 128, 255)],
  ] as const)('gives %s values back as they came', (dtype, values) => {
    const id = binding.createTensor([3], DataTypeNumber[dtype], values);
    expect(binding.tensorDataSync(id)).toEqual(values);
    binding.deleteTensor(id);
  });

  it('gives empty tensors, complex numbers and strings back', () => {
    expect(tf.zeros([0, 3]).dataSync()).toHaveLength(0);
    expect([...tf.complex([1, 2], [3, 4]).dataSync()]).toEqual([1, 3, 2, 4]);
    const strings = tf.tensor2d([
      ['', 'ü'],
      ['x'.repeat(1000), 'z'],
    ]);
    expect(strings.concat(strings).arraySync()).toEqual([...strings.arraySync(), ...strings.arraySync()]);
  });

  it('names the operation that failed', () => {
    expect(thrownBy(() => executeOp('NoSuchOperation', [], [], 1))).toMatchObject({
      code: 'ENGINE_OP_FAILED',
      message: expect.stringContaining('NoSuchOperation'),
    });
    const mismatch = thrownBy(() =>
      executeOp('AddV2', [attribute.type('T', 'float32')], [tf.zeros([2]), tf.zeros([3])], 1),
    );
    expect(mismatch).toMatchObject({ code: 'ENGINE_OP_FAILED', message: expect.stringContaining('AddV2') });
  });

  it('says when memory is short', () => {
    const dims = tf.tensor1d([2 ** 24, 2 ** 24], 'int32');
    const attributes = [attribute.type('T', 'float32')];
    expect(thrownBy(() => executeOp('Fill', attributes, [dims, tf.scalar(0)], 1))).toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
  });

  it('refuses a tensor that was deleted', () => {
    const id = binding.createTensor([1], DataTypeNumber.float32, Float32Array.of(1));
    binding.deleteTensor(id);
    expect(thrownBy(() => binding.tensorDataSync(id))).toMatchObject({ code: 'ENGINE_OP_FAILED' });
    expect(thrownBy(() => binding.deleteTensor(id))).toMatchObject({ code: 'ENGINE_OP_FAILED' });
  });

  it("reaches TensorFlow's own operations", () => {
    expect(hasNativeOps()).toBe(true);
    const [gradient] = executeOp(
      'ReluGrad',
      [attribute.type('T', 'float32')],
      [tf.tensor1d([5, 5, 5]), tf.tensor1d([-1, 0, 2])],
      1,
    );
    expect([...(gradient?.dataSync() ?? [])]).toEqual([0, 0, 5]);
  });

  it('leaks neither tensors nor memory', () => {
    const churn = () => {
      for (let i = 0; i < 40; i++) {
        tf.tidy(() => {
          tf.tensor1d(new Float32Array(1e6).fill(i)).add(1).dataSync();
          tf.tensor1d(Array.from({ length: 100 }, () => 'x'.repeat(10_000)))
            .concat(tf.tensor1d(['y']))
            .dataSync();
          thrownBy(() =>
            executeOp('AddV2', [attribute.type('T', 'float32')], [tf.zeros([2]), tf.zeros([3])], 1),
          );
        });
      }
    };
    churn();
    const before = tensorCount();
    const rssBefore = process.memoryUsage.rss();
    for (let i = 0; i < 3; i++) churn();
    expect(tensorCount()).toEqual(before);
    // a leak of either kind would be 120 times 1 to 4 MB
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(60e6);
  });
});
