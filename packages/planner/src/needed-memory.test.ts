import { type StudyName, trainingMemory } from '@toogit/catalogue';
import { networkCost } from '@toogit/networks';
import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';

const megabyte = 1e6;
const gigabyte = 1e9;
const neededBy = (study: StudyName, profile: string) =>
  planExperiment(resolveSpec({ study, profile, seed: 0 })).jobs.map((job) => ({
    ...job,
    needs: job.estimate.memoryBytes ?? 0,
  }));

/**
 * Peaks in megabytes of fresh compute processes, as attempts recorded them on the CPU with one thread: 32×32 images, batches
 * of 128.
 */
const recorded = [
  { architecture: 'resnet9', width: 0.25, examples: 50_000, bytesPerPixel: 1, peak: 1_049 },
  { architecture: 'resnet9', width: 0.25, examples: 50_000, bytesPerPixel: 4, peak: 1_866 },
  { architecture: 'resnet18', width: 0.125, examples: 20_000, bytesPerPixel: 1, peak: 787 },
  { architecture: 'resnet50', width: 0.0625, examples: 20_000, bytesPerPixel: 1, peak: 976 },
] as const;

describe('the memory that a job needs', () => {
  it.each(recorded)('lies between the recorded peak and twice that: $architecture, $peak MB', (run) => {
    const network = networkCost({ ...run, depth: null }, [32, 32, 3], 10);
    const images = { ...run, pixels: 32 * 32 * 3 };
    const estimate = trainingMemory({ batchSize: 128, probe: false }, network, images);
    expect(estimate / (run.peak * megabyte)).toBeGreaterThan(1);
    expect(estimate / (run.peak * megabyte)).toBeLessThan(2);
  });

  it('is estimated for every job, whatever its block, and is no part of its key', () => {
    const jobs = neededBy('simple-experiment', 'lab');
    for (const { needs } of jobs) expect(needs).toBeGreaterThan(100 * megabyte);
    const attacks = jobs.filter(({ kind }) => kind === 'attack');
    const perAttack = new Set(attacks.map(({ needs }) => needs));
    expect(perAttack.size).toBeLessThanOrEqual(2);
    expect(jobs.map(({ params }) => JSON.stringify(params)).join()).not.toContain('memory');
  });

  it('lets the small profiles run anywhere, and asks for a GPU’s memory where ImageNet-size networks train', () => {
    for (const { needs } of neededBy('simple-experiment', 'smoke'))
      expect(needs).toBeLessThan(1.6 * gigabyte);
    const network = networkCost({ architecture: 'resnet50', width: 1, depth: null }, [224, 224, 3], 9);
    const images = { examples: 1_000, pixels: 224 * 224 * 3, bytesPerPixel: 1 } as const;
    const needs = trainingMemory({ batchSize: 16, probe: false }, network, images);
    expect(needs).toBeGreaterThan(20 * gigabyte);
    expect(needs).toBeLessThan(200 * gigabyte);
  });
});
