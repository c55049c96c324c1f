import { describe, expect, it } from 'vitest';
import { type JobIdentity, jobKey } from './planned-job.js';

const identity: JobIdentity<'evaluate'> = {
  kind: 'evaluate',
  params: { batchSize: 500 },
  seed: 0,
  inputs: { evaluatedModel: ['m'], dataset: ['d'], adversarialExamples: ['a', 'b'] },
};

describe('jobKey', () => {
  it('leaves out roles without inputs, so that a kind may be given a new one', () => {
    const { adversarialExamples: _, ...inputs } = identity.inputs;
    const without = jobKey({ ...identity, inputs });
    expect(jobKey({ ...identity, inputs: { ...inputs, adversarialExamples: [] } })).toBe(without);
    expect(jobKey(identity)).not.toBe(without);
  });

  it('depends on the order of inputs, and not on the order of names', () => {
    const { evaluatedModel, dataset, adversarialExamples } = identity.inputs;
    expect(jobKey({ ...identity, inputs: { adversarialExamples, dataset, evaluatedModel } as never })).toBe(
      jobKey(identity),
    );
    const swapped = { ...identity.inputs, adversarialExamples: ['b', 'a'] };
    expect(jobKey({ ...identity, inputs: swapped })).not.toBe(jobKey(identity));
  });
});
