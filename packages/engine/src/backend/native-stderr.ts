import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

const STDERR = 2;
const O_WRONLY = 1;

/**
 * Runs `start` while nothing that native code writes to stderr is shown: TensorFlow greets with lines about oneDNN
 * whatever its log level. What goes wrong comes as an exception all the same.
 */
export function withoutNativeStderr<T>(start: () => T): T {
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  const libc = koffi.load('libc.so.6');
  const open = libc.func('int open(str path, int flags)');
  const dup = libc.func('int dup(int descriptor)');
  const dup2 = libc.func('int dup2(int from, int to)');
  const close = libc.func('int close(int descriptor)');

  const kept: number = dup(STDERR);
  const nowhere: number = open('/dev/null', O_WRONLY);
  dup2(nowhere, STDERR);
  try {
    return start();
  } finally {
    dup2(kept, STDERR);
    close(kept);
    close(nowhere);
  }
}
