import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { DataTypeNumber } from './data-types.js';
import { attribute } from './native-ops.js';
import type { NodeBackend } from './node-backend.js';
import { tf } from './tf.js';

/**
 * tfjs-node's GatherV2 reads the indices back to check each in JavaScript: no trace could hold it, and a GPU would
 * wait. TensorFlow checks them itself on the CPU, and gives zeros for wrong ones on a GPU.
 */
export function replaceGatherKernel(): void {
  tf.unregisterKernel('GatherV2', 'tensorflow');
  tf.registerKernel(gatherV2);
}

const gatherV2: KernelConfig = {
  kernelName: 'GatherV2',
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, backend, attrs }) => gather(inputs, attrs, backend as NodeBackend),
};

function gather(
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
  backend: NodeBackend,
): TensorInfo {
  const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  const axisTensor = tf.scalar(axis, 'int32');
  const attributes = [
    attribute.int('batch_dims', batchDims),
    attribute.type('Tparams', x.dtype as keyof typeof DataTypeNumber),
    attribute.type('Tindices', indices.dtype as keyof typeof DataTypeNumber),
    attribute.type('Taxis', 'int32'),
  ];
  const [result] = backend.executeMultipleOutputs('GatherV2', attributes, [x, indices, axisTensor], 1);
  axisTensor.dispose();
  return result as TensorInfo;
}
