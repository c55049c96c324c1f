import { createHash } from 'node:crypto';
import type { PlannedJob } from '@toogit/catalogue';
import type { JobSuccess, NewExperiment, ReadyJob } from '@toogit/runs';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
let created = 0;

export function readyJob(more: Partial<ReadyJob> = {}): ReadyJob {
  const key = sha256(`job ${++created}`);
  return { key, kind: 'attack', resource: 'tensor', nextAttempt: 1, delayMs: 0, ...more };
}

export function independentJobs(count: number): NewExperiment {
  const jobs = Array.from(
    { length: count },
    (): PlannedJob<'synthesize'> => ({
      ...{ key: readyJob().key, kind: 'synthesize', version: 1, resource: 'tensor', seed: 0 },
      ...{ params: { construction: 'd_det' }, inputs: {}, estimate: { flops: 0, bytes: 0 } },
    }),
  );
  return {
    ...{
      name: 'independent jobs',
      spec: {},
      resolvedSpec: {},
      specDigest: sha256('spec'),
      study: null,
      profile: null,
    },
    ...{ plan: { jobs, steps: [] }, idempotencyKey: null },
  };
}

export function successOf(jobKey: string): JobSuccess {
  const artifact = { digest: sha256(`artifact of ${jobKey}`), type: 'dataset', bytes: 1, parts: [] };
  return { artifact, result: {}, metrics: [], peakRssBytes: 1, provenance: {} };
}
