import type { Tensor } from '@tensorflow/tfjs';
import { ToogitError } from '@toogit/core';
import { activeBackend } from './active-backend.js';
import { AttributeType, DataTypeNumber, type OpAttribute } from './data-types.js';

/** Whether TensorFlow's own operations can be called; false on the `js` device and before the engine starts. */
export const hasNativeOps = (): boolean => activeBackend() !== undefined;

/** Attributes by the kind of their value: `attribute.type('T', 'float32')`. */
export const attribute = {
  type: (name: string, dtype: keyof typeof DataTypeNumber): OpAttribute => ({
    name,
    type: AttributeType.type,
    value: DataTypeNumber[dtype],
  }),
  int: (name: string, value: number | number[]): OpAttribute => ({ name, type: AttributeType.int, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: AttributeType.float, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: AttributeType.bool, value }),
  string: (name: string, value: string): OpAttribute => ({ name, type: AttributeType.string, value }),
  shape: (name: string, value: number[]): OpAttribute => ({ name, type: AttributeType.shape, value }),
};

/**
 * Runs one TensorFlow operation by name, eagerly or, inside `traceFunction`, as a node of the graph. It has no
 * gradient of its own: call it within `tf.customGrad`.
 * @throws ToogitError ENGINE_OP_FAILED when TensorFlow refuses it, ENGINE_MISSING without TensorFlow.
 */
export function executeOp(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly Tensor[],
  numOutputs: number,
): Tensor[] {
  const backend = activeBackend();
  if (!backend) throw new ToogitError('ENGINE_MISSING', `${name} needs TensorFlow, which is not running`);
  return backend.executeMultipleOutputs(name, [...attributes], [...inputs], numOutputs);
}
