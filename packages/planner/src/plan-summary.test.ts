import type { JobTimings } from '@toogit/catalogue';
import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';
import { nothingMeasured, summarizePlan } from './plan-summary.js';

const plan = planExperiment(resolveSpec({ study: 'simple-experiment', profile: 'smoke' }));
const probe = { trainStepSeconds: 0.2, attackStepSeconds: 0.1 };
const estimatesOf = (timings: JobTimings) => {
  const { estimates } = summarizePlan(plan, new Map(), timings);
  return new Map(estimates.map((each) => [each.kind as string, each]));
};

describe('the times of a plan', () => {
  it('are nominal where nothing is known, and of the device that is there', () => {
    const cpu = estimatesOf(nothingMeasured);
    for (const { basis, pastJobs } of cpu.values()) expect([basis, pastJobs]).toEqual(['nominal', 0]);
    const cuda = estimatesOf({ ...nothingMeasured, device: 'cuda' });
    expect(cuda.get('train')?.seconds).toBeLessThan((cpu.get('train')?.seconds ?? 0) / 5);
  });

  it('are from a probe for what the engine computes, and from past jobs where there were any', () => {
    const past = [{ kind: 'attack' as const, work: 1e12, seconds: 30 }];
    const known = estimatesOf({ device: 'cpu', probe, past });
    expect(known.get('train')).toMatchObject({ basis: 'probe', pastJobs: 0, jobs: 3 });
    expect(known.get('report')).toMatchObject({ basis: 'nominal' });
    expect(known.get('attack')).toMatchObject({ basis: 'measured', pastJobs: 1, jobs: 81 });
  });

  it('add up to the whole, and leave out what is cached', () => {
    const whole = summarizePlan(plan, new Map(), { device: 'cpu', probe, past: [] });
    const sum = (of: (each: (typeof whole.estimates)[number]) => number) =>
      whole.estimates.reduce((total, each) => total + of(each), 0);
    expect(sum(({ seconds }) => seconds)).toBeCloseTo(whole.estimatedSeconds);
    expect(sum(({ flops }) => flops) / whole.estimatedFlops).toBeCloseTo(1);
    expect(sum(({ jobs }) => jobs)).toBe(whole.jobs);
    const all = new Map(plan.jobs.map(({ key }) => [key, 'succeeded' as const]));
    expect(summarizePlan(plan, all)).toMatchObject({ estimates: [], estimatedSeconds: 0 });
  });
});
