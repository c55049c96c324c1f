import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ServiceConfig } from '@toogit/config';
import { type SerializedError, ToogitError } from '@toogit/core';
import { type Engine, engineFacts, startEngine } from '@toogit/engine';
import { type Holder, readHolder } from './state-directory.js';

export interface EngineDiagnosis {
  /** null when there is none to compute with: see `error`. */
  running: Pick<Engine, 'device' | 'tensorflowVersion' | 'threads' | 'bfloat16'> | null;
  /** Why a better device was not taken. */
  reasons: string[];
  cacheDir: string;
  /** Where each build is installed, null when it isn't. */
  installed: { cpu: string | null; cuda: string | null };
  error: SerializedError | null;
}

/** Starts the engine as a worker would, and reports what it got and why. */
export async function diagnoseEngine(options: {
  device: ServiceConfig['worker']['device'];
  threads: number | null;
}): Promise<EngineDiagnosis> {
  const { installed: found, cacheDir } = await engineFacts();
  const installed = { cpu: found.cpu ?? null, cuda: found.cuda ?? null };
  try {
    const engine = await startEngine({
      device: options.device,
      ...(options.threads === null ? {} : { threads: options.threads }),
    });
    const { device, tensorflowVersion, threads, bfloat16, reasons } = engine;
    const running = { device, tensorflowVersion, threads, bfloat16 };
    return { running, reasons, cacheDir, installed, error: null };
  } catch (error) {
    return { running: null, reasons: [], cacheDir, installed, error: ToogitError.from(error).toJSON() };
  }
}

export interface StateDirDiagnosis {
  path: string;
  /** Whether an embedded service has been there. */
  exists: boolean;
  holder: Holder | null;
  freeBytes: number;
}

export async function diagnoseStateDir(directory: string): Promise<StateDirDiagnosis> {
  const path = resolve(directory);
  return {
    path,
    exists: existsSync(path),
    holder: await readHolder(path),
    freeBytes: await freeBytes(path),
  };
}

/** Free bytes on the disk that holds, or will hold, the path. */
async function freeBytes(path: string): Promise<number> {
  if (!existsSync(path)) return freeBytes(dirname(path));
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
