import { basename, join } from 'node:path';
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
  const libraries = files.filter((name) => name.startsWith('nvidia/')).sort(byLoadOrder);
  return { directory, cuda, preload: libraries.map((name) => join(directory, name)) };
}

/** CUDA's libraries need one another; in this order each finds what it needs. */
const LOAD_ORDER = [
  'libcudart',
  'libnvJitLink',
  'libcublasLt',
  'libcublas',
  'libcusparse',
  'libnvrtc',
  'libcudnn_graph',
  'libcudnn_ops',
  'libcudnn_cnn',
  'libcudnn_adv',
  'libcudnn_heuristic',
  'libcudnn_engines_runtime_compiled',
  'libcudnn_engines_precompiled',
  'libcudnn',
];

function byLoadOrder(a: string, b: string): number {
  const rank = (path: string): number => {
    const index = LOAD_ORDER.indexOf(basename(path).split('.')[0] ?? '');
    return index < 0 ? LOAD_ORDER.length : index;
  };
  return rank(a) - rank(b) || a.localeCompare(b);
}
