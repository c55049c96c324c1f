import { totalmem } from 'node:os';
import { readGpus } from '@toogit/telemetry';

/** The parent process, and the child that computes without tensors. */
const besideBytes = 0.6e9;

/** What this machine, or the container that this process is in, has. */
const hostBytes = () => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/** What data sets and models may keep of it between jobs. */
export const deviceCacheBytes = (ofBytes = hostBytes()): number => Math.min(2 * 2 ** 30, ofBytes / 4);

/** What is left for a job beside a full cache and the worker's other processes. */
export const memoryForJobs = (ofBytes = hostBytes()): number =>
  Math.max(0, ofBytes - besideBytes - deviceCacheBytes(ofBytes));

/**
 * What a worker reports as free for a job: where a GPU computes, the memory of the first one, which is what tensors need;
 * else the host's.
 */
export async function workerMemory(device: string, gpus = readGpus): Promise<number> {
  const [gpu] = device === 'cuda' ? await gpus() : [];
  return gpu === undefined ? memoryForJobs() : gpu.totalBytes - deviceCacheBytes(gpu.totalBytes);
}
