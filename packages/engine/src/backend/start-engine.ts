import { availableParallelism } from 'node:os';
import { ToogitError } from '@toogit/core';
import { setActiveBackend } from './active-backend.js';
import { computesInBfloat16 } from './bfloat16.js';
import { TensorFlowBinding } from './binding.js';
import { canLoadSystemLibrary, loadNativeLibrary } from './c-api.js';
import { withoutNativeStderr } from './native-stderr.js';
import { type LocatedTensorFlow, locateTensorFlow } from './provision/locate-tensorflow.js';
import { registerNodeBackend } from './register-node-backend.js';
import { tf } from './tf.js';

export interface EngineOptions {
  /** `auto` takes CUDA, else the CPU. `js` is plain JavaScript, a thousand times slower, where there is nothing else. */
  device?: 'auto' | 'cuda' | 'cpu' | 'js';
  /** CPU threads; results are bit-equal only at equal `threads`. Default: what the machine offers. */
  threads?: number;
  /** Where TensorFlow was installed; default as `installTensorFlow`. */
  cacheDir?: string;
}

export interface Engine {
  device: 'cuda' | 'cpu' | 'js';
  /** The version of libtensorflow, or of tfjs on the `js` device. */
  tensorflowVersion: string;
  threads: number;
  /** Whether `precision: 'bfloat16'` changes anything here; where not, it computes in float32. */
  bfloat16: boolean;
  /** Why a better device was not taken. */
  reasons: string[];
  tf: typeof tf;
}

interface Started {
  options: string;
  engine: Promise<Engine>;
}

let started: Started | undefined;
let running: Engine | undefined;

/** The engine of this process once started. */
export const runningEngine = (): Engine | undefined => running;

/**
 * Starts the process's one engine; called again with the same options it gives the same engine.
 * @throws ToogitError ENGINE_MISSING when TensorFlow is not installed, or CUDA was chosen and is not usable;
 * CONFLICT when an engine with other options runs already.
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const key = JSON.stringify([options.device ?? 'auto', options.threads ?? null, options.cacheDir ?? null]);
  if (started && started.options !== key) {
    throw new ToogitError('CONFLICT', 'an engine with other options runs in this process already');
  }
  if (started) return started.engine;
  const engine = start(options);
  started = { options: key, engine };
  engine.then(
    (value) => {
      running = value;
    },
    () => {
      started = undefined;
    },
  );
  return engine;
}

async function start({
  device = 'auto',
  threads = availableParallelism(),
  cacheDir,
}: EngineOptions): Promise<Engine> {
  if (device === 'js') return startJavaScript();
  const installed = await locateTensorFlow(cacheDir === undefined ? {} : { cacheDir });
  const { library, reasons } = choose(device, installed);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'; // errors only
  const { native, binding } = withoutNativeStderr(() => {
    const native = loadNativeLibrary(library.directory, library.preload);
    return { native, binding: new TensorFlowBinding(native, { threads, hideGpu: device === 'cpu' }) };
  });
  const gpu = binding.isUsingGpuDevice();
  if (library.cuda && !gpu && device !== 'cpu') {
    reasons.push('TensorFlow found no usable NVIDIA GPU', ...native.preloadErrors);
  }
  if (device === 'cuda' && !gpu)
    throw new ToogitError('ENGINE_MISSING', `CUDA is not usable: ${reasons.join('; ')}`);
  setActiveBackend(registerNodeBackend(binding));
  await tf.ready();
  const tensorflowVersion = binding.TF_Version;
  return {
    device: gpu ? 'cuda' : 'cpu',
    tensorflowVersion,
    threads,
    bfloat16: withoutNativeStderr(computesInBfloat16), // oneDNN complains there of CPUs without AVX-512
    reasons,
    tf,
  };
}

interface Installed {
  cpu: LocatedTensorFlow | undefined;
  cuda: LocatedTensorFlow | undefined;
}

/** The library to load; one that was built for CUDA serves the CPU too. */
function choose(
  device: 'auto' | 'cuda' | 'cpu',
  { cpu, cuda }: Installed,
): { library: LocatedTensorFlow; reasons: string[] } {
  const reasons: string[] = [];
  if (device !== 'cpu') {
    if (!cuda) reasons.push('TensorFlow for CUDA is not installed (`toogit engine install --cuda`)');
    else if (!canLoadSystemLibrary('libcuda.so.1'))
      reasons.push('this machine has no NVIDIA driver (libcuda.so.1)');
    else return { library: cuda, reasons };
    if (device === 'cuda')
      throw new ToogitError('ENGINE_MISSING', `CUDA is not usable: ${reasons.join('; ')}`);
  }
  const library = cpu ?? cuda;
  if (!library)
    throw new ToogitError('ENGINE_MISSING', 'TensorFlow is not installed; run `toogit engine install`');
  return { library, reasons };
}

async function startJavaScript(): Promise<Engine> {
  await tf.setBackend('cpu');
  const reason =
    'device js was chosen: plain JavaScript, about 0.2 GFLOP/s, a thousand times slower than TensorFlow';
  process.emitWarning(reason);
  return {
    device: 'js',
    tensorflowVersion: tf.version.tfjs,
    threads: 1,
    bfloat16: false,
    reasons: [reason],
    tf,
  };
}
