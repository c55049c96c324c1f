import { type JobState, jobKey, jobKinds, type Plan } from '@toogit/catalogue';
import { resolveSpec } from '@toogit/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobSeed } from './job-seed.js';
import { planExperiment } from './plan-experiment.js';
import { summarizePlan } from './plan-summary.js';

const smoke = { study: 'simple-experiment', profile: 'smoke' };
const planOf = (spec: unknown) => planExperiment(resolveSpec(spec));
const keysOf = (plan: Plan, step: string) => plan.steps.find((s) => s.name === step)?.jobKeys ?? [];
const jobsOf = (plan: Plan, step: string) => {
  const byKey = new Map(plan.jobs.map((job) => [job.key, job]));
  return keysOf(plan, step).flatMap((key) => byKey.get(key) ?? []);
};

describe('the simple experiment, smoke', () => {
  const plan = planOf(smoke);

  it('becomes the known graph', () => {
    expect(Object.fromEntries(plan.steps.map((s) => [s.name, s.jobKeys.length]))).toEqual({
      'train-set': 1,
      'test-set': 1,
      standard: 1,
      'attack-next': 40,
      'attack-random': 40,
      'attack-test': 1,
      d_det: 1,
      d_rand: 1,
      'fresh-d_det': 1,
      'fresh-d_rand': 1,
      'evaluate-standard': 1,
      'evaluate-d_det': 1,
      'evaluate-d_rand': 1,
      report: 1,
    });
    expect(plan.jobs).toHaveLength(92);
  });

  it('feeds each job the artifacts that it works on', () => {
    const [standard, trainSet, testSet] = ['standard', 'train-set', 'test-set'].map((s) => keysOf(plan, s));
    for (const job of jobsOf(plan, 'attack-next')) {
      expect(job.inputs).toEqual({ sourceModel: standard, dataset: trainSet, nonTransferModels: [] });
    }
    expect(jobsOf(plan, 'd_det')[0]?.inputs).toEqual({
      dataset: trainSet,
      adversarialExamples: keysOf(plan, 'attack-next'),
      invertedExamples: [],
      evaluation: [],
    });
    expect(jobsOf(plan, 'fresh-d_det')[0]?.inputs).toEqual({
      dataset: keysOf(plan, 'd_det'),
      featuresFrom: [],
    });
    expect(jobsOf(plan, 'evaluate-standard')[0]?.inputs).toEqual({
      evaluatedModel: standard,
      dataset: testSet,
      adversarialExamples: keysOf(plan, 'attack-test'),
    });
    expect(jobsOf(plan, 'evaluate-d_det')[0]?.inputs).toEqual({
      evaluatedModel: keysOf(plan, 'fresh-d_det'),
      dataset: testSet,
      adversarialExamples: [],
    });
  });

  it('starts each network from weights of its own', () => {
    const seeds = ['standard', 'fresh-d_det', 'fresh-d_rand'].map((s) => jobsOf(plan, s)[0]?.seed);
    expect(new Set(seeds).size).toBe(3);
    expect(seeds[0]).toBe(jobSeed(0, 'standard'));
  });

  it('cuts the last block to what is left', () => {
    const cut = planOf({ ...smoke, overrides: { attackExamples: 1_001 } });
    const blocks = jobsOf(cut, 'attack-next').map((job) => 'block' in job.params && job.params.block);
    expect(blocks).toEqual([
      { start: 0, count: 500 },
      { start: 500, count: 500 },
      { start: 1000, count: 1 },
    ]);
  });

  it("leaves PGD's own parameters out of its jobs where they have their defaults", () => {
    const attacks = (overrides: object) => jobsOf(planOf({ ...smoke, overrides }), 'attack-next');
    const keys = (overrides: object) => attacks(overrides).map(({ key }) => key);
    expect(attacks({})[0]?.params).not.toHaveProperty('bestIterate');
    expect(keys({ bestIterate: false })).toEqual(keys({}));
    expect(attacks({ bestIterate: true })[0]?.params).toMatchObject({ bestIterate: true });
    expect(keys({ bestIterate: true })).not.toEqual(keys({}));
  });

  it('counts what the cache holds and estimates the rest', () => {
    const states = new Map<string, JobState>(keysOf(plan, 'attack-next').map((key) => [key, 'succeeded']));
    states.set(keysOf(plan, 'standard')[0] ?? '', 'running');
    const fresh = summarizePlan(plan, new Map());
    const rest = summarizePlan(plan, states);
    expect(rest).toMatchObject({ jobs: 92, cached: 40, byKind: { attack: 81, train: 3 } });
    expect(rest.steps.find((s) => s.name === 'attack-next')).toMatchObject({ jobs: 40, cached: 40 });
    expect(rest.estimatedSeconds).toBeLessThan(fresh.estimatedSeconds);
    const saved = jobsOf(plan, 'attack-next').reduce((sum, job) => sum + job.estimate.flops, 0);
    expect(fresh.estimatedFlops - rest.estimatedFlops).toBeCloseTo(saved);
  });
});

describe('a data set step', () => {
  const data = (step: object) =>
    planOf({ name: 'test', steps: { data: { kind: 'dataset', ...step } } }).jobs[0];

  // Keys of results that people have computed: whatever is added to a kind must leave them alone.
  it.each([
    ['cifar10', 'train', null, '207096f3278b7f91ba2a667d1b7e2b23565ce35a501fe201eb9dda4ed002eb66'],
    ['cifar10', 'test', 2_000, '02c61601b0a907ac82883f1453d001ced685b25e7b64405bf09f90b940996d8e'],
    ['mnist', 'train', 96, 'ae0373faf4dd7dec12e771278cba00eed37aad780805b7b08521b3196a3a4eb4'],
  ])('%s %s %s keeps its key', (dataset, split, examples, key) => {
    expect(data({ dataset, split, examples })?.key).toBe(key);
  });

  it('asks for restricted-imagenet at 224 unless another size is given', () => {
    const step = { dataset: 'restricted-imagenet', split: 'train', examples: 100 };
    expect(data(step)?.params).toEqual({ ...step, imageSize: 224 });
    expect(data(step)?.key).toBe(data({ ...step, imageSize: 224 })?.key);
    expect(data(step)?.key).toBe('b681e11f6551cfdf809302584db64cc34205290a7a251d4a3a6f3eb3f18d5e78');
    const changed = data({ ...step, revision: '2' });
    expect(changed?.params).toEqual({ ...step, imageSize: 224, revision: '2' });
    expect(changed?.key).not.toBe(data(step)?.key);
    const small = data({ ...step, imageSize: 32 });
    expect(small?.key).not.toBe(data(step)?.key);
    expect(small?.estimate.bytes).toBe(100 * (32 * 32 * 3 + 4));
  });
});

describe('digits', () => {
  const attack = { kind: 'attack', sourceModel: 'model', dataset: 'data', norm: 'l2', epsilon: 0.5 };
  const steps = (dataset: string) => ({
    data: { kind: 'dataset', dataset, split: 'train', examples: 100 },
    model: { kind: 'train', dataset: 'data', architecture: 'cnn' },
    flipped: { kind: 'train', dataset: 'data', architecture: 'cnn', augmentation: 'flip-crop' },
    plain: { ...attack, targets: 'none' },
    averaged: { ...attack, targets: 'none', gradientSamples: 4 },
  });
  const paramsOf = (dataset: string, step: string) =>
    jobsOf(planOf({ name: 'test', steps: steps(dataset) }), step)[0]?.params;

  it('are cropped by trainings and by averaged gradients, and mirrored by neither', () => {
    expect(paramsOf('mnist', 'model')).toMatchObject({ augmentation: 'crop' });
    expect(paramsOf('mnist', 'averaged')).toMatchObject({ gradientAugmentation: 'crop' });
    expect(paramsOf('cifar10', 'model')).toMatchObject({ augmentation: 'flip-crop' });
    for (const step of [paramsOf('mnist', 'plain'), paramsOf('cifar10', 'averaged')]) {
      expect(step).not.toHaveProperty('gradientAugmentation');
    }
  });
});

describe('laws', () => {
  const distinct = <T>(values: T[], maxLength = 3) =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });
  const specs = fc
    .record({
      profile: fc.constantFrom('smoke', 'lab', 'paper'),
      overrides: fc.record(
        {
          blockSize: fc.integer({ min: 1_000, max: 5_000 }),
          attackExamples: fc.integer({ min: 128, max: 20_000 }),
          dataset: fc.constantFrom('cifar10', 'mnist'),
        },
        { requiredKeys: ['blockSize'] },
      ),
      matrix: fc.record(
        {
          seed: distinct([0, 1, 2, 7]),
          epsilon: distinct([0.25, 0.5, '8/255']),
          'd_det.epochs': distinct([1, 2]),
        },
        { requiredKeys: ['seed'] },
      ),
    })
    .map((spec) => ({ study: 'simple-experiment', ...spec }));
  const runs = { numRuns: 25 };

  it('every job is whole, once, after what it needs, under its key', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const seen = new Set<string>();
        for (const job of planOf(spec).jobs) {
          expect(seen.has(job.key)).toBe(false);
          expect(
            Object.values(job.inputs)
              .flat()
              .every((key) => seen.has(key)),
          ).toBe(true);
          expect(jobKinds[job.kind].params.safeParse(job.params).error).toBeUndefined();
          expect(Object.keys(job.inputs).sort()).toEqual(Object.keys(jobKinds[job.kind].inputs).sort());
          expect(jobKey(job)).toBe(job.key);
          seen.add(job.key);
        }
      }),
      runs,
    );
  });

  it('a point has the same jobs alone as among others', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const together = planOf(spec);
        const matrix = { ...spec.matrix, seed: spec.matrix.seed.slice(0, 1) };
        const alone = planOf({ ...spec, matrix }).steps.filter((step) => step.kind !== 'report');
        for (const step of alone) expect(keysOf(together, step.name)).toEqual(step.jobKeys);
        expect(alone.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  it('a matrix of one point has the jobs of the plain spec', () => {
    const swept = planOf({ ...smoke, matrix: { seed: [3], epsilon: [0.25] } });
    expect(swept.jobs).toEqual(
      planOf({ ...smoke, name: 'x', seed: 3, overrides: { epsilon: 0.25 } }).jobs.map((job) =>
        job.kind === 'report' ? swept.jobs.at(-1) : job,
      ),
    );
  });

  it('points share the jobs that do not differ', () => {
    const plan = planOf({ ...smoke, matrix: { epsilon: [0.25, 0.5] } });
    expect(keysOf(plan, 'epsilon=0.25/standard')).toEqual(keysOf(plan, 'epsilon=0.5/standard'));
    expect(keysOf(plan, 'epsilon=0.25/d_det')).not.toEqual(keysOf(plan, 'epsilon=0.5/d_det'));
    // The data sets, the standard model and the report are one job each.
    expect(plan.jobs).toHaveLength(2 * 92 - 4);
  });

  it('the order of steps in a spec changes no key', () => {
    const resolved = resolveSpec(smoke);
    const shuffled = fc.shuffledSubarray(Object.entries(resolved.points[0]?.steps ?? {}), { minLength: 14 });
    const keys = new Set(planExperiment(resolved).jobs.map((job) => job.key));
    fc.assert(
      fc.property(shuffled, (steps) => {
        const points = [{ id: '', seed: 0, steps: Object.fromEntries(steps) }];
        expect(new Set(planExperiment({ ...resolved, points }).jobs.map((job) => job.key))).toEqual(keys);
      }),
      runs,
    );
  });
});

it('a plan of too many jobs is refused', () => {
  const overrides = { blockSize: 1, attackExamples: 20_000 };
  expect(() => planOf({ ...smoke, overrides, matrix: { seed: [0, 1, 2] } })).toThrow(
    expect.objectContaining({ code: 'SPEC_TOO_LARGE' }),
  );
});
