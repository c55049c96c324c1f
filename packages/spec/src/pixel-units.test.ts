import { expect, it } from 'vitest';
import { resolveSpec } from './resolve.js';
import { attack, dataset, graph, model, preset, problemsOf } from './spec-fixture.js';

const imagenet = { kind: 'dataset', dataset: 'restricted-imagenet', split: 'train' };

it.each([
  ['digits', dataset, 28],
  ['CIFAR-10', { ...dataset, dataset: 'cifar10' }, 55.4],
  ['64 pixels', { ...imagenet, imageSize: 64 }, 110.8],
  ['224 pixels', imagenet, 387.9],
])('the largest epsilon in l2 is how far the images can be apart: %s', (_, data, distance) => {
  const attacked = (epsilon: number) =>
    graph({
      data,
      model: { ...model, architecture: 'resnet18' },
      attack: { ...attack, norm: 'l2', epsilon },
    });
  resolveSpec(attacked(distance));
  expect(problemsOf(attacked(distance + 0.1))).toEqual({
    'steps.attack.epsilon': expect.stringContaining('in [0,1] pixel units'),
  });
});

it('a preset is held to the images that it is told to take', () => {
  const far = (overrides: object) => preset({ overrides: { ...overrides, norm: 'l2', epsilon: 40 } });
  resolveSpec(far({}));
  expect(problemsOf(far({ dataset: 'mnist' }))).toHaveProperty(['overrides.epsilon']);
});
