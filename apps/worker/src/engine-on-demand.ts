import type { Engine as RunningEngine } from '@toogit/engine';
import type { ComputeSettings } from './compute-settings.js';

/** What belongs to a result's provenance: equal bytes are promised only where these are equal. */
export type EngineFacts = Pick<RunningEngine, 'device' | 'tensorflowVersion' | 'threads' | 'bfloat16'> & {
  /** Whether hot steps run as whole TensorFlow functions, which round differently from single operations. */
  traced: boolean;
};

export type Engine = () => Promise<EngineFacts>;

/** TensorFlow, loaded and started at the first call. */
export function engineOnDemand({
  device,
  threads,
  cacheDir,
}: Pick<ComputeSettings, 'device' | 'threads' | 'cacheDir'>): Engine {
  return async () => {
    const { startEngine } = await import('@toogit/engine');
    const engine = await startEngine({ device, cacheDir, ...(threads === null ? {} : { threads }) });
    const { device: taken, tensorflowVersion, bfloat16 } = engine;
    return { device: taken, tensorflowVersion, threads: engine.threads, bfloat16, traced: taken !== 'js' };
  };
}
