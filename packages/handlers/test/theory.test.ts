import { createArtifactStore, MemoryBlobStore } from '@toogit/artifacts';
import type { JobParams, JobResult } from '@toogit/catalogue';
import { describe, expect, it } from 'vitest';
import { runHandler } from './run-handler.js';
import { meta } from './tiny-experiment.js';

const params: JobParams<'theory'> = {
  dimensions: [2, 8],
  epsilons: [0.25, 0.5],
  conditionNumber: 9,
  meanNorm: 1,
};

describe('the theory job', () => {
  it('gives the whole study, the same bytes for the same seed', async () => {
    const artifacts = createArtifactStore(new MemoryBlobStore());
    const { stored, progress } = await runHandler('theory', artifacts, params, {}, { seed: 3 });
    const { dimensions, params: used } = meta<JobResult<'theory'>>(stored);
    expect(used).toEqual({ ...params, seed: 3 });
    expect(dimensions.map(({ dimension }) => dimension)).toEqual([2, 8]);
    for (const { models, closedFormChecks } of dimensions) {
      expect(models).toHaveLength(1 + 2 * 2);
      for (const check of closedFormChecks) expect(check.maxRelativeDifference).toBeLessThan(1e-3);
    }
    expect(dimensions.map(({ models }) => models[0]?.picture !== undefined)).toEqual([true, false]);
    expect(progress.at(-1)).toMatchObject({ done: 6, total: 6 });
    const again = await runHandler('theory', artifacts, params, {}, { seed: 3 });
    expect(again.stored.digest).toBe(stored.digest);
  });

  it('stops when asked to', async () => {
    const artifacts = createArtifactStore(new MemoryBlobStore());
    const interrupt = new AbortController();
    const options = { signal: interrupt.signal, onProgress: () => interrupt.abort() };
    await expect(runHandler('theory', artifacts, params, {}, options)).rejects.toThrow(/abort/i);
  });
});
