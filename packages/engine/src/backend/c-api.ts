import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ToogitError } from '@toogit/core';
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
  /** Why libraries of `preload` could not be loaded, if so: TensorFlow will do without the GPU. */
  preloadErrors: string[];
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
  const libc = koffi.load('libc.so.6');
  const framework = join(directory, 'libtensorflow_framework.so.2');
  const main = join(directory, 'libtensorflow_cc.so.2');
  const preloadErrors = pinLibraries(libc, preload);
  const [failure] = pinLibraries(libc, [framework, main]);
  if (failure) throw new ToogitError('ENGINE_MISSING', `TensorFlow cannot be loaded: ${failure}`);
  koffi.alias('ptr', 'int64'); // user-space addresses are below 2^53: plain numbers
  koffi.struct('TF_Output', { oper: 'ptr', index: 'int' });
  const functions = declareAll([koffi.load(main), koffi.load(framework)]);
  const library: NativeLibrary = {
    tf: functions as unknown as TensorFlowApi,
    executeAsync: functions.TFE_Execute.async as NativeLibrary['executeAsync'],
    copyIn: libc.func('void* memcpy(ptr target, const void* source, size_t n)'),
    copyOut: libc.func('void* memcpy(_Out_ void* target, ptr source, size_t n)'),
    malloc: libc.func('ptr malloc(size_t n)'),
    free: libc.func('void free(ptr address)'),
    cString: (text) => internString(library, text),
    preloadErrors,
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

/**
 * koffi unloads libraries at exit while TensorFlow's threads live on: without NODELETE every exit crashes.
 * @returns why libraries could not be loaded.
 */
function pinLibraries(libc: Koffi.LibraryHandle, paths: readonly string[]): string[] {
  const dlopen = libc.func('void* dlopen(str path, int flags)');
  const dlerror = libc.func('str dlerror()');
  return paths.flatMap((path) => (dlopen(path, RTLD_NOW | RTLD_NODELETE) ? [] : [String(dlerror())]));
}

type NativeFunction = ReturnType<Koffi.LibraryHandle['func']>;

function declareAll(libraries: readonly Koffi.LibraryHandle[]): Record<keyof TensorFlowApi, NativeFunction> {
  const functions = Object.entries(prototypes).map(([name, prototype]) => {
    return [name, declare(libraries, prototype.replace(' (', ` ${name}(`))];
  });
  return Object.fromEntries(functions) as Record<keyof TensorFlowApi, NativeFunction>;
}

/** Which of the two libraries holds a function differs between TensorFlow's releases. */
function declare(libraries: readonly Koffi.LibraryHandle[], definition: string): NativeFunction {
  let failure: unknown;
  for (const library of libraries) {
    try {
      return library.func(definition);
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
