import { activeBackend } from '../active-backend.js';
import { tf } from '../tf.js';

/** Everything that must stay level when nothing leaks: tfjs's tensors and data, TensorFlow's handles. */
export function tensorCount(): { tensors: number; buffers: number; bytes: number; handles: number } {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const handles = activeBackend()?.binding.getNumOfTensors() ?? 0;
  return { tensors: numTensors, buffers: numDataBuffers, bytes: numBytes, handles };
}
