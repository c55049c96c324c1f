import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ToogitError } from '@toogit/errors';
import type * as Koffi from 'koffi';
import { type Pointer, prototypes, type TensorFlowApi } from './c-prototypes.js';

const RTLD_NOW = 0x0002;
const RTLD_NODELETE = 0x1000;

/** TensorFlow's C functions, with the few of libc's that move bytes across. */
export interface NativeLibrary {
  tf: TensorFlowApi;
  /** Runs `TFE_Execute` on a worker thread; `op`, `results` and `status` must live until `done`. */
  executeAsync(
    op: Pointer,
    results: Pointer,
    count: Pointer,
    status: Pointer,
    done: (e: unknown) => void,
  ): void;
  /** The address of an immortal C string; one for each distinct text. */
  cString(text: string): Pointer;
  copyIn(target: Pointer, source: NodeJS.ArrayBufferView, byteLength: number): void;
  copyOut(target: NodeJS.ArrayBufferView, source: Pointer, byteLength: number): void;
  malloc(byteLength: number): Pointer;
  free(address: Pointer): void;
}

let loaded: { directory: string; library: NativeLibrary } | undefined;

/**
 * Loads libtensorflow from a directory; `preload` lists libraries it needs (CUDA's) that no loader path names.
 * A process can hold one TensorFlow only.
 * @throws ToogitError ENGINE_MISSING when a library cannot be loaded.
 */
export function loadNativeLibrary(directory: string, preload: readonly string[] = []): NativeLibrary {
  if (loaded) {
    if (loaded.directory === directory) return loaded.library;
    throw new ToogitError('CONFLICT', `TensorFlow is already loaded from ${loaded.directory}`);
  }
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  koffi.alias('ptr', 'int64'); // user-space addresses are below 2^53: plain numbers
  koffi.struct('TF_Output', { oper: 'ptr', index: 'int' });
  const libc = koffi.load('libc.so.6');
  const framework = join(directory, 'libtensorflow_framework.so.2');
  const main = join(directory, 'libtensorflow_cc.so.2');
  pinLibraries(libc, [...preload, framework, main]);
  const libraries = [koffi.load(main), koffi.load(framework)];
  const functions = Object.entries(prototypes).map(([name, prototype]) => {
    const definition = prototype.replace(' (', ` ${name}(`);
    return [name, declare(libraries, definition)] as const;
  });
  const tf = Object.fromEntries(functions) as unknown as TensorFlowApi;
  const execute = Object.fromEntries(functions).TFE_Execute as unknown as {
    async: NativeLibrary['executeAsync'];
  };
  const library: NativeLibrary = {
    tf,
    executeAsync: execute.async,
    copyIn: libc.func('void* memcpy(ptr target, const void* source, size_t n)'),
    copyOut: libc.func('void* memcpy(_Out_ void* target, ptr source, size_t n)'),
    malloc: libc.func('ptr malloc(size_t n)'),
    free: libc.func('void free(ptr address)'),
    cString: (text) => internString(library, text),
  };
  loaded = { directory, library };
  return library;
}

/** Whether the system's loader finds a library, which then stays loaded. */
export function canLoadSystemLibrary(name: string): boolean {
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  try {
    koffi.load(name);
    return true;
  } catch {
    return false;
  }
}

/** koffi unloads libraries at exit while TensorFlow's threads live on: without NODELETE every exit crashes. */
function pinLibraries(libc: Koffi.LibraryHandle, paths: readonly string[]): void {
  const dlopen = libc.func('void* dlopen(str path, int flags)');
  const dlerror = libc.func('str dlerror()');
  for (const path of paths) {
    if (!dlopen(path, RTLD_NOW | RTLD_NODELETE)) {
      throw new ToogitError('ENGINE_MISSING', `TensorFlow cannot be loaded: ${dlerror()}`);
    }
  }
}

/** Which of the two libraries holds a function differs between TensorFlow's releases. */
function declare(
  libraries: readonly Koffi.LibraryHandle[],
  definition: string,
): Koffi.KoffiFunc<() => unknown> {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return library.func(definition) as Koffi.KoffiFunc<() => unknown>;
    } catch (error) {
      failure = error;
    }
  }
  throw new ToogitError('ENGINE_MISSING', `this TensorFlow lacks ${definition}`, { cause: failure });
}

const interned = new Map<string, Pointer>();

function internString(library: NativeLibrary, text: string): Pointer {
  let address = interned.get(text);
  if (address === undefined) {
    const bytes = Buffer.from(`${text}\0`);
    address = library.malloc(bytes.length);
    library.copyIn(address, bytes, bytes.length);
    interned.set(text, address);
  }
  return address;
}
