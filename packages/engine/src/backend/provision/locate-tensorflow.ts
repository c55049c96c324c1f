import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from './cache-directory.js';

export const TENSORFLOW_VERSION = '2.21.0';
/** Written last: a directory without it is not a whole installation. */
export const COMPLETION_MARKER = 'complete.json';

export interface LocatedTensorFlow {
  /** Holds libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  directory: string;
  cuda: boolean;
  /** Absolute paths of libraries to load first, in order. */
  preload: string[];
}

export interface LocateOptions {
  cacheDir?: string;
}

export function installDirectory(cacheDir: string, cuda: boolean): string {
  return join(cacheDir, 'tensorflow', `${TENSORFLOW_VERSION}-${cuda ? 'cuda' : 'cpu'}-${process.arch}`);
}

/** What is installed, each undefined when it is not, or not wholly. */
export async function locateTensorFlow({ cacheDir = cacheDirectory() }: LocateOptions = {}): Promise<{
  cpu: LocatedTensorFlow | undefined;
  cuda: LocatedTensorFlow | undefined;
}> {
  const [cpu, cuda] = await Promise.all([false, true].map((withCuda) => locate(cacheDir, withCuda)));
  return { cpu, cuda };
}

async function locate(cacheDir: string, cuda: boolean): Promise<LocatedTensorFlow | undefined> {
  const directory = installDirectory(cacheDir, cuda);
  try {
    await stat(join(directory, COMPLETION_MARKER));
  } catch {
    return undefined;
  }
  return { directory, cuda, preload: cuda ? await cudaLibraries(join(directory, 'nvidia')) : [] };
}

/** CUDA's libraries need one another; in this order each finds what it needs. */
const LOAD_ORDER = [
  'libcudart',
  'libnvJitLink',
  'libcublasLt',
  'libcublas',
  'libcusparse',
  'libcudnn_graph',
  'libcudnn',
];

async function cudaLibraries(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.includes('.so'));
  const rank = (name: string): number => {
    const index = LOAD_ORDER.findIndex((prefix) => name.startsWith(`${prefix}.`));
    return index < 0 ? LOAD_ORDER.length : index;
  };
  return names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)).map((name) => join(directory, name));
}
