import { createRequire } from 'node:module';
import type { DataId } from '@tensorflow/tfjs';
import type { TensorFlowBinding } from './binding.js';
import { replaceGatherKernel } from './gather-kernel.js';
import type { NodeBackend } from './node-backend.js';
import { tf } from './tf.js';

type NodeBackendConstructor = new (binding: TensorFlowBinding, packageName: string) => NodeBackend;

/**
 * tfjs-node's JavaScript, backend and kernels, over our binding, under the name `tensorflow`. Its dist modules are
 * loaded one by one, since its index loads the compiled addon.
 */
export function registerNodeBackend(binding: TensorFlowBinding): NodeBackend {
  const require = createRequire(import.meta.url);
  restoreNodeUtil(require('node:util') as Record<string, unknown>);
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: NodeBackendConstructor;
  };
  replaceGatherKernel();
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node');
  keepOuterTensorsOutOfTraces(backend);
  tf.registerBackend('tensorflow', () => backend, 3);
  tf.setBackend('tensorflow');
  return backend;
}

/** tfjs-node 4.22 still calls functions that Node 23 removed. */
function restoreNodeUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/**
 * tfjs uploads a tensor when an operation first uses it. One that was made before a trace but is first used inside
 * is no constant of the traced function: upload it as if the trace were not there.
 */
function keepOuterTensorsOutOfTraces(backend: NodeBackend): void {
  const { binding } = backend;
  const madeInTrace = new WeakSet<DataId>();
  const move = backend.move.bind(backend);
  const getInputTensorIds = backend.getInputTensorIds.bind(backend);
  backend.move = (dataId, ...rest) => {
    if (binding.recorder) madeInTrace.add(dataId);
    move(dataId, ...rest);
  };
  backend.getInputTensorIds = (tensors) => {
    const { recorder } = binding;
    if (!recorder) return getInputTensorIds(tensors);
    const outer = tensors.filter(({ dataId }) => dataId && !madeInTrace.has(dataId));
    binding.recorder = null;
    try {
      getInputTensorIds(outer);
    } finally {
      binding.recorder = recorder;
    }
    return getInputTensorIds(tensors);
  };
}
