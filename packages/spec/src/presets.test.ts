import { describe, expect, it } from 'vitest';
import { resolveSpec } from './resolve.js';
import { preset, problemsOf } from './spec-fixture.js';

describe('a preset', () => {
  it('takes overrides in place of its profile, one training at a time', () => {
    const spec = preset({
      overrides: { epsilon: '128/255', width: 0.5, d_rand: { learningRate: 0.05, width: 1 } },
    });
    const steps = resolveSpec(spec).points[0]?.steps;
    expect(steps?.['attack-next']).toMatchObject({
      epsilon: 128 / 255,
      stepSize: 128 / 255 / 5,
      targets: 'next',
    });
    expect(steps?.standard).toMatchObject({ width: 0.5, learningRate: 0.2 });
    expect(steps?.['fresh-d_rand']).toMatchObject({ width: 1, learningRate: 0.05, epochs: 12 });
    expect(steps?.['fresh-d_det']).toMatchObject({ width: 0.5, learningRate: 0.2 });
  });

  it("holds the paper's hyper-parameters", () => {
    const steps = resolveSpec({ study: 'simple-experiment', profile: 'paper' }).points[0]?.steps;
    const training = {
      architecture: 'resnet50',
      width: 1,
      epochs: 150,
      batchSize: 128,
      momentum: 0.9,
      nesterov: false,
      weightDecay: 5e-4,
      schedule: { kind: 'step', everyEpochs: 50, factor: 0.1 },
    };
    expect(steps?.standard).toMatchObject({ ...training, learningRate: 0.1, augmentation: 'flip-crop' });
    expect(steps?.['fresh-d_det']).toMatchObject({ ...training, learningRate: 0.1, augmentation: 'none' });
    expect(steps?.['fresh-d_rand']).toMatchObject({ ...training, learningRate: 0.01 });
    expect(steps?.['attack-random']).toMatchObject({ norm: 'l2', epsilon: 0.5, stepSize: 0.1, steps: 100 });
    expect(steps?.report).toMatchObject({
      figures: [
        {
          kind: 'accuracy',
          rows: [
            { trainedOn: 'D', paper: { clean: 0.953 } },
            { trainedOn: 'D_det', paper: { clean: 0.437 } },
            { trainedOn: 'D_rand', paper: { clean: 0.633 } },
          ],
        },
        { kind: 'examples' },
      ],
    });
  });

  it("gives no figure of the paper for what the paper didn't measure", () => {
    const steps = resolveSpec(preset({ overrides: { dataset: 'mnist' } })).points[0]?.steps;
    expect(steps?.report).toMatchObject({
      figures: [{ rows: [{ paper: null }, { paper: null }, { paper: null }] }, { kind: 'examples' }],
    });
  });

  it('runs the usual seeds of its profile, unless the spec says which', () => {
    const seeds = (rest: object) =>
      resolveSpec({ study: 'simple-experiment', profile: 'lab', ...rest }).points.map((p) => [p.id, p.seed]);
    const usual = [
      ['seed=0', 0],
      ['seed=1', 1],
      ['seed=2', 2],
    ];
    expect(seeds({})).toEqual(usual);
    expect(seeds({ seed: 3 })).toEqual([['', 3]]);
    expect(seeds({ matrix: { seed: [4] } })).toEqual([['seed=4', 4]]);
    expect(seeds({ matrix: { epsilon: [0.5] } })).toEqual(
      usual.map(([id, seed]) => [`${id},epsilon=0.5`, seed]),
    );
    expect(seeds({ profile: 'smoke' })).toEqual([['', 0]]);
  });

  it('says which override asks for more images than there are', () => {
    expect(problemsOf(preset({ overrides: { attackExamples: 45_000 } })).overrides).toContain(
      '45000 is more than the 40000 examples of train-set',
    );
  });
});
