import type { DataId, Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { TensorFlowBinding } from './binding.js';
import type { OpAttribute, TensorMetadata } from './data-types.js';
import type { tf } from './tf.js';

/** What we use of tfjs-node's `NodeJSKernelBackend`; some of it is private there, hence declared anew. */
export interface NodeBackend extends tf.KernelBackend {
  binding: TensorFlowBinding;
  tensorMap: { has(id: DataId): boolean; get(id: DataId): { id: number; values: unknown } };
  move(dataId: DataId, values: unknown, shape: number[], dtype: string, refCount: number): void;
  getDTypeInteger(dtype: tf.DataType): number;
  getInputTensorIds(tensors: TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: TensorInfo[],
    outputs: number,
  ): Tensor[];
}
