import type { ResolvedStep } from '@toogit/catalogue';
import { describe, expect, it } from 'vitest';
import { resolveSpec } from './resolve.js';
import { dataset, graph, model, preset } from './spec-fixture.js';

const stepsOf = (spec: unknown): [string, ResolvedStep][] =>
  resolveSpec(spec).points.flatMap(({ steps }) => Object.entries(steps));
const augmentationsOf = (spec: unknown) =>
  Object.fromEntries(
    stepsOf(spec).flatMap(([name, step]) => (step.kind === 'train' ? [[name, step.augmentation]] : [])),
  );

describe('the augmentation of a training', () => {
  it('mirrors no digits unless it is told to', () => {
    const cifar10 = graph({ data: { ...dataset, dataset: 'cifar10' } });
    expect(augmentationsOf(cifar10)).toEqual({ model: 'flip-crop' });
    expect(augmentationsOf(graph({}))).toEqual({ model: 'crop' });
    const told = graph({ model: { ...model, augmentation: 'flip-crop' } });
    expect(augmentationsOf(told)).toEqual({ model: 'flip-crop' });
  });

  it('follows the images through the sets that are made of them', () => {
    const steps = {
      d_det: { kind: 'synthesize', construction: 'd_det', examples: 'attack' },
      fresh: { ...model, dataset: 'd_det' },
    };
    expect(augmentationsOf(graph(steps))).toEqual({ model: 'crop', fresh: 'crop' });
  });

  it.each(['sensitivity', 'simple-experiment'])(
    'of %s on digits is a crop in the place of a flip',
    (study) => {
      const usual = augmentationsOf(preset({ study }));
      expect(Object.values(usual)).toContain('flip-crop');
      const digits = augmentationsOf(preset({ study, overrides: { dataset: 'mnist' } }));
      expect(Object.values(digits)).toEqual(
        Object.values(usual).map((augmentation) => (augmentation === 'flip-crop' ? 'crop' : augmentation)),
      );
    },
  );
});
