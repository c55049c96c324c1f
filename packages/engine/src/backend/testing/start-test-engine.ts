import { installTensorFlow } from '../provision/install-tensorflow.js';
import { type Engine, type EngineOptions, startEngine } from '../start-engine.js';

/** For tests: TensorFlow installed if it is not (once a machine), and started with one thread on the CPU. */
export async function startTestEngine(options: EngineOptions = {}): Promise<Engine> {
  await installTensorFlow();
  return startEngine({ device: 'cpu', threads: 1, ...options });
}
