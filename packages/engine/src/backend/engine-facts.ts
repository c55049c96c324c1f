import { cacheDirectory } from './provision/cache-directory.js';
import { locateTensorFlow, TENSORFLOW_VERSION } from './provision/locate-tensorflow.js';
import { type Engine, runningEngine } from './start-engine.js';

export interface EngineFacts {
  /** Undefined until `startEngine` has run in this process. */
  running: Omit<Engine, 'tf'> | undefined;
  wantedVersion: string;
  cacheDir: string;
  /** The directory of each build that is installed whole. */
  installed: { cpu: string | undefined; cuda: string | undefined };
}

/** What `toogit doctor` reports of the engine; starts and downloads nothing. */
export async function engineFacts({
  cacheDir = cacheDirectory(),
}: {
  cacheDir?: string;
} = {}): Promise<EngineFacts> {
  const { cpu, cuda } = await locateTensorFlow({ cacheDir });
  return {
    running: describe(runningEngine()),
    wantedVersion: TENSORFLOW_VERSION,
    cacheDir,
    installed: { cpu: cpu?.directory, cuda: cuda?.directory },
  };
}

function describe(engine: Engine | undefined): EngineFacts['running'] {
  if (!engine) return undefined;
  const { tf: _, ...facts } = engine;
  return facts;
}
