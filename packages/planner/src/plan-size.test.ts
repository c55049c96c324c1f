import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';

const images = { kind: 'dataset', dataset: 'cifar10', split: 'train' };
const model = { kind: 'train', dataset: 'images', architecture: 'cnn', epochs: 1 };
const attack = {
  ...{ kind: 'attack', dataset: 'images', sourceModel: 'model', norm: 'l2', epsilon: 0.5, targets: 'next' },
  ...{ blockSize: 1 },
};
const evaluations = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `evaluation${i}`,
      { kind: 'evaluate', model: 'model', dataset: 'images', attack: 'attack', batchSize: i + 1 },
    ]),
  );
const spec = (steps: Record<string, unknown>) =>
  resolveSpec({ name: 'size', steps: { images, model, attack, ...steps } });

describe('the size of a plan', () => {
  it('is limited in inputs: each evaluation of an attack has all its blocks', () => {
    // 50,000 blocks of two inputs each, and 20 evaluations of 50,002.
    expect(() => planExperiment(spec(evaluations(20)))).toThrow(
      expect.objectContaining({
        code: 'SPEC_TOO_LARGE',
        message:
          '1100041 inputs of jobs are more than the 1000000 allowed; raise blockSize or sweep over less',
      }),
    );
  });

  it('is limited in jobs', () => {
    expect(() => planExperiment(spec({ again: { ...attack, epsilon: 1 } }))).toThrow(
      expect.objectContaining({ code: 'SPEC_TOO_LARGE', message: expect.stringMatching(/^100002 jobs/) }),
    );
  });

  it('is counted as the plan has it', () => {
    const small = spec({ attack: { ...attack, examples: 30, blockSize: 7 }, ...evaluations(3) });
    const { jobs } = planExperiment(small);
    // The data set and the model, five blocks, three evaluations.
    expect(jobs).toHaveLength(10);
    const inputs = jobs.flatMap((job) => Object.values(job.inputs).flat());
    expect(inputs).toHaveLength(1 + 5 * 2 + 3 * 7);
  });

  it('shares one estimate between blocks of one size', () => {
    const { jobs } = planExperiment(spec({ attack: { ...attack, examples: 30, blockSize: 7 } }));
    const estimates = jobs.filter(({ kind }) => kind === 'attack').map(({ estimate }) => estimate);
    expect(new Set(estimates).size).toBe(2);
    expect(estimates.at(-1)?.flops).toBeCloseTo(((estimates[0]?.flops ?? 0) * 2) / 7, 0);
  });
});
