import { join } from 'node:path';
import { cacheDirectory } from './cache-directory.js';
import { installedFiles } from './installation.js';

export const TENSORFLOW_VERSION = '2.21.0';

export interface LocatedTensorFlow {
  /** Holds libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  directory: string;
  cuda: boolean;
  /** Absolute paths of libraries to load first, in order. */
  preload: string[];
}

export function installDirectory(cacheDir: string, cuda: boolean): string {
  return join(cacheDir, 'tensorflow', `${TENSORFLOW_VERSION}-${cuda ? 'cuda' : 'cpu'}-${process.arch}`);
}

/** What is installed, each undefined when it is not, or not wholly. */
export async function locateTensorFlow({ cacheDir = cacheDirectory() }: { cacheDir?: string } = {}): Promise<{
  cpu: LocatedTensorFlow | undefined;
  cuda: LocatedTensorFlow | undefined;
}> {
  const [cpu, cuda] = await Promise.all([false, true].map((withCuda) => locate(cacheDir, withCuda)));
  return { cpu, cuda };
}

async function locate(cacheDir: string, cuda: boolean): Promise<LocatedTensorFlow | undefined> {
  const directory = installDirectory(cacheDir, cuda);
  const files = await installedFiles(directory);
  if (!files) return undefined;
  const preload = CUDA_LIBRARIES.flatMap((library) =>
    files.filter((name) => name.startsWith(`nvidia/${library}.so`)),
  );
  return { directory, cuda, preload: preload.map((name) => join(directory, name)) };
}

/** What TensorFlow looks for by name, in an order in which each finds those that it needs itself. */
const CUDA_LIBRARIES = [
  'libcudart',
  'libnvJitLink',
  'libnvrtc-builtins',
  'libnvrtc',
  'libcublasLt',
  'libcublas',
  'libcusparse',
  'libcusolver',
  'libcufft',
  'libcurand',
  'libcupti',
  'libnccl',
  'libcudnn', // loads its parts from beside itself
];
