import { describe, expect, it } from 'vitest';
import { specDigest } from './digest.js';
import { resolveSpec } from './resolve.js';
import { attack, dataset, graph, model, problemsOf } from './spec-fixture.js';

describe('restricted-imagenet', () => {
  const data = { kind: 'dataset', dataset: 'restricted-imagenet', split: 'train' };
  const steps = { data, model: { ...model, architecture: 'resnet18' } };
  const withSteps = (more: Record<string, unknown>) => ({ name: 'test', steps: { ...steps, ...more } });
  const evaluate = { kind: 'evaluate', model: 'model', dataset: 'test' };

  it('has 224 pixels unless another size is given; other data sets have their own', () => {
    const sizeOf = (step: object) => resolveSpec(withSteps({ data: step })).points[0]?.steps.data;
    expect(sizeOf(data)).toMatchObject({ imageSize: 224 });
    expect(sizeOf({ ...data, imageSize: 64 })).toMatchObject({ imageSize: 64 });
    expect(sizeOf(dataset)).not.toHaveProperty('imageSize');
    expect(problemsOf(graph({ data: { ...dataset, imageSize: 32 } }))).toEqual({
      'steps.data.imageSize': 'the images of mnist have a size of their own; leave imageSize out',
    });
  });

  it('has a revision where its directory has changed; what is published has none', () => {
    const stepsOf = (step: object) => resolveSpec(withSteps({ data: step })).points[0]?.steps.data;
    expect(stepsOf({ ...data, revision: '2026-11' })).toMatchObject({ revision: '2026-11' });
    expect(stepsOf(data)).not.toHaveProperty('revision');
    expect(problemsOf(withSteps({ data: { ...data, revision: 'a b' } }))).toHaveProperty([
      'steps.data.revision',
    ]);
    expect(problemsOf(graph({ data: { ...dataset, revision: '2' } }))).toEqual({
      'steps.data.revision': 'mnist is published and never changes; leave revision out',
    });
  });

  it('requires a model and its images to have the same size', () => {
    const test = { ...data, split: 'test', imageSize: 64 };
    expect(problemsOf(withSteps({ test, evaluate }))).toEqual({
      'steps.evaluate.model':
        'the model is trained on restricted-imagenet at imageSize 224, the images are restricted-imagenet at imageSize 64',
    });
    resolveSpec(withSteps({ data: { ...data, imageSize: 64 }, test, evaluate }));
  });

  it('is refused where a network needs larger images', () => {
    const vgg16 = { ...model, architecture: 'vgg16' };
    expect(problemsOf(withSteps({ data: { ...data, imageSize: 31 }, model: vgg16 }))).toEqual({
      'steps.model.architecture': 'images of restricted-imagenet (31×31) are too small for vgg16',
    });
    resolveSpec(withSteps({ data: { ...data, imageSize: 32 }, model: vgg16 }));
  });

  it('has 257,748 training images', () => {
    expect(problemsOf(withSteps({ data: { ...data, examples: 257_749 } }))).toHaveProperty([
      'steps.data.examples',
    ]);
  });
});

describe('a graph', () => {
  it('is resolved with every default', () => {
    const { name, study, profile, points } = resolveSpec(graph({}));
    expect({ name, study, profile }).toEqual({ name: 'test', study: null, profile: null });
    expect(points).toEqual([
      {
        id: '',
        seed: 0,
        steps: {
          data: { ...dataset, examples: null },
          model: {
            ...model,
            width: 1,
            epochs: 150,
            batchSize: 128,
            learningRate: 0.1,
            schedule: { kind: 'step', everyEpochs: 50, factor: 0.1 },
            momentum: 0.9,
            nesterov: false,
            weightDecay: 5e-4,
            augmentation: 'crop',
            labelSmoothing: 0,
            depth: null,
            adversarial: null,
            precision: 'float32',
            featuresFrom: null,
            checkpointEveryEpochs: 1,
          },
          attack: {
            ...attack,
            method: 'pgd',
            examples: null,
            epsilon: 8 / 255,
            stepSize: 8 / 255 / 5,
            steps: 100,
            randomStart: false,
            restarts: 1,
            gradientSamples: 1,
            nonTransferModels: [],
            precision: 'float32',
            blockSize: 500,
          },
        },
      },
    ]);
  });

  it('resolves the steps of every study with their defaults', () => {
    const measured = { model: 'model', dataset: 'data' };
    const { points } = resolveSpec(
      graph({
        robust: { ...model, adversarial: { norm: 'l2', epsilon: '128/255' } },
        inversion: { kind: 'invert', ...measured },
        responses: { kind: 'feature-responses', ...measured, norm: 'l2', epsilon: 0.25 },
        patterns: { kind: 'patterns', examples: 'attack' },
        theory: { kind: 'theory', dimensions: [2], epsilons: [0.5] },
      }),
    );
    const steps = points[0]?.steps;
    expect(steps?.robust).toMatchObject({
      adversarial: {
        norm: 'l2',
        epsilon: 128 / 255,
        stepSize: 128 / 255 / 5,
        steps: 7,
        randomStart: false,
      },
    });
    expect(steps?.inversion).toMatchObject({
      examples: null,
      stepSize: 0.1,
      steps: 1000,
      start: 'other-image',
    });
    expect(steps?.responses).toMatchObject({ stepSize: 0.05, steps: 10, examples: null, blockSize: 500 });
    expect(steps?.patterns).toMatchObject({ evaluated: [], amplification: 8, universalEpochs: 2 });
    expect(steps?.theory).toMatchObject({ conditionNumber: 16, meanNorm: 1 });
  });

  it('means the same in any order of keys and with defaults written out', () => {
    const { points } = resolveSpec(graph({}));
    const steps = Object.fromEntries(
      Object.entries(points[0]?.steps ?? {})
        .reverse()
        .map(([name, step]) => [name, Object.fromEntries(Object.entries(step).reverse())]),
    );
    expect(specDigest(resolveSpec({ steps, seed: 0, name: 'test' }))).toBe(
      specDigest(resolveSpec(graph({}))),
    );
  });
});
