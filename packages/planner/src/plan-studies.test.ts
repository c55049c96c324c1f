import {
  jobKey,
  jobKinds,
  type Plan,
  type PlannedJob,
  profiles,
  type StudyName,
  studyNames,
} from '@toogit/catalogue';
import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';
import { summarizePlan } from './plan-summary.js';

const planOf = (study: StudyName, profile: string, rest = {}) =>
  planExperiment(resolveSpec({ study, profile, seed: 0, ...rest }));
const keysOf = (plan: Plan, step: string): string[] => {
  const found = plan.steps.find((s) => s.name === step);
  if (!found) throw new Error(`no step ${step}`);
  return found.jobKeys;
};
const firstJob = (plan: Plan, step: string): PlannedJob => {
  const job = plan.jobs.find((j) => j.key === keysOf(plan, step)[0]);
  if (!job) throw new Error(`no job of ${step}`);
  return job;
};

describe.each(studyNames.flatMap((study) => profiles.map((profile) => [study, profile] as const)))(
  '%s, %s',
  (study, profile) => {
    const plan = planOf(study, profile);

    it('becomes whole jobs, each once, after what it needs', () => {
      const seen = new Set<string>();
      for (const job of plan.jobs) {
        expect(seen.has(job.key)).toBe(false);
        expect(
          Object.values(job.inputs)
            .flat()
            .every((key) => seen.has(key)),
        ).toBe(true);
        expect(jobKinds[job.kind].params.safeParse(job.params).error).toBeUndefined();
        for (const [role, { arity }] of Object.entries(jobKinds[job.kind].inputs)) {
          expect(job.inputs[role]).toBeDefined();
          if (arity === 'one') expect(job.inputs[role]).toHaveLength(1);
        }
        expect(jobKey(job)).toBe(job.key);
        seen.add(job.key);
      }
    });

    it('has an estimate of its cost', () => {
      const { estimatedSeconds, estimatedBytes } = summarizePlan(plan, new Map());
      expect(estimatedBytes).toBeGreaterThan(0);
      if (study !== 'gaussian') expect(estimatedSeconds).toBeGreaterThan(0);
    });
  },
);

describe('a result serves every study that asks for it', () => {
  it.each(
    (['robust-features', 'feature-usefulness', 'sensitivity', 'patterns'] as const).flatMap((study) =>
      profiles
        // What is compared with a robust model is trained for longer in `lab`.
        .filter((profile) => profile !== 'lab' || study === 'sensitivity' || study === 'patterns')
        .map((profile) => [study, profile] as const),
    ),
  )('%s, %s, trains no other standard model than simple-experiment', (study, profile) => {
    const [simple, other] = [planOf('simple-experiment', profile), planOf(study, profile)];
    for (const step of ['train-set', 'test-set', 'standard']) {
      expect(keysOf(other, step)).toEqual(keysOf(simple, step));
    }
  });

  it.each(profiles)('feature-usefulness, %s, measures the models of robust-features', (profile) => {
    const [trained, measured] = [planOf('robust-features', profile), planOf('feature-usefulness', profile)];
    for (const model of ['standard', 'robust']) {
      expect(keysOf(measured, model)).toEqual(keysOf(trained, model));
    }
  });

  it('sensitivity begins the D_det of simple-experiment', () => {
    const [simple, swept] = [planOf('simple-experiment', 'lab'), planOf('sensitivity', 'lab')];
    for (const attack of ['attack-next', 'attack-random']) {
      expect(keysOf(swept, attack)).toEqual(keysOf(simple, attack).slice(0, 40));
    }
  });

  it.each(['lab', 'paper'])('controls, %s, repeats nothing of the studies it is beside', (profile) => {
    const controls = planOf('controls', profile);
    const simple = planOf('simple-experiment', profile);
    for (const step of ['attack-next', 'attack-random', 'fresh-d_det', 'evaluate-d_rand']) {
      expect(keysOf(controls, step)).toEqual(keysOf(simple, step));
    }
    expect(keysOf(controls, 'robust')).toEqual(keysOf(planOf('robust-features', profile), 'robust'));
  });

  it('patterns shows them to a model that controls must not move', () => {
    const [patterns, controls] = [planOf('patterns', 'lab'), planOf('controls', 'lab')];
    expect(keysOf(patterns, 'standard-resnet9')).toEqual(keysOf(controls, 'standard-resnet9'));
  });
});

describe('each job works on what its step names', () => {
  it('of robust-features', () => {
    const plan = planOf('robust-features', 'smoke');
    const trainSet = keysOf(plan, 'train-set');
    expect(keysOf(plan, 'invert-robust')).toHaveLength(8);
    expect(firstJob(plan, 'invert-robust')).toMatchObject({
      kind: 'invert',
      params: { start: 'other-image', block: { start: 0, count: 500 } },
      inputs: { model: keysOf(plan, 'robust'), dataset: trainSet },
    });
    expect(firstJob(plan, 'd_robust').inputs).toEqual({
      dataset: trainSet,
      adversarialExamples: [],
      invertedExamples: keysOf(plan, 'invert-robust'),
      evaluation: [],
    });
    expect(firstJob(plan, 'd_nonrobust').inputs.invertedExamples).toEqual(keysOf(plan, 'invert-standard'));
    expect(firstJob(plan, 'invert-standard').inputs.model).toEqual(keysOf(plan, 'standard'));
    expect(firstJob(plan, 'robust').params).toMatchObject({ adversarial: { norm: 'l2', epsilon: 0.5 } });
  });

  it('of controls', () => {
    const plan = planOf('controls', 'smoke');
    expect(firstJob(plan, 'probe-d_det').inputs).toEqual({
      dataset: keysOf(plan, 'd_det'),
      featuresFrom: keysOf(plan, 'robust'),
    });
    expect(firstJob(plan, 'attack-bugs').inputs).toEqual({
      sourceModel: keysOf(plan, 'standard'),
      dataset: keysOf(plan, 'train-set'),
      nonTransferModels: keysOf(plan, 'standard-resnet9'),
    });
    expect(firstJob(plan, 'mislabelled').inputs).toEqual({
      dataset: keysOf(plan, 'train-set'),
      adversarialExamples: [],
      invertedExamples: [],
      evaluation: keysOf(plan, 'mistakes'),
    });
    expect(firstJob(plan, 'label-next').params).toMatchObject({ epsilon: 0, targets: 'next' });
    expect(firstJob(plan, 'evaluate-d_bugs-shifted').inputs).toMatchObject({
      evaluatedModel: keysOf(plan, 'fresh-d_bugs'),
      dataset: keysOf(plan, 'shifted-test-set'),
    });
  });

  it('of transferability, whose source is none of the standard models', () => {
    const plan = planOf('transferability', 'smoke');
    const ids = ['resnet50', 'resnet18', 'vgg16', 'inceptionv3', 'densenet-bc'];
    expect(firstJob(plan, 'transfer-matrix').params).toMatchObject({ names: ids });
    expect(firstJob(plan, 'transfer-matrix').inputs).toEqual({
      models: ids.flatMap((id) => keysOf(plan, `standard-${id}`)),
      dataset: keysOf(plan, 'test-set'),
      adversarialExamples: ids.flatMap((id) => keysOf(plan, `attack-test-${id}`)),
    });
    expect(keysOf(plan, 'standard-resnet50')).not.toEqual(keysOf(plan, 'standard'));
    expect(firstJob(plan, 'transferred-vgg16').inputs).toEqual({
      evaluatedModel: keysOf(plan, 'standard-vgg16'),
      dataset: keysOf(plan, 'test-set'),
      adversarialExamples: keysOf(plan, 'attack-test-next'),
    });
    expect(firstJob(plan, 'learned-vgg16').inputs.evaluatedModel).toEqual(keysOf(plan, 'fresh-d_det-vgg16'));
  });

  it('of feature-usefulness and patterns', () => {
    const usefulness = planOf('feature-usefulness', 'smoke');
    expect(firstJob(usefulness, 'usefulness-robust').inputs).toEqual({
      responses: keysOf(usefulness, 'responses-robust'),
    });
    expect(firstJob(usefulness, 'responses-robust').inputs).toEqual({
      model: keysOf(usefulness, 'robust'),
      dataset: keysOf(usefulness, 'test-set'),
    });
    const patterns = planOf('patterns', 'smoke');
    expect(firstJob(patterns, 'patterns').inputs).toEqual({
      sourceModel: keysOf(patterns, 'standard'),
      dataset: keysOf(patterns, 'test-set'),
      adversarialExamples: keysOf(patterns, 'attack-test-random'),
      evaluatedModels: ['standard', 'standard-resnet18'].flatMap((step) => keysOf(patterns, step)),
    });
  });
});
