import type { Split } from '@toogit/catalogue';
import { expect, it } from 'vitest';
import { training } from './report-fixture.js';
import { rowLabels } from './row-labels.js';

const row = (trainedOn: string, epsilon: number | null) => ({
  ...{ trainedOn, evaluatedOn: 'D', split: 'test' as Split, point: '' },
  training: {
    ...training,
    adversarial:
      epsilon === null ? null : { norm: 'l2' as const, epsilon, stepSize: 0.1, steps: 7, randomStart: true },
  },
});

it('adversarial training is named where it distinguishes rows, and once', () => {
  const labels = rowLabels([row('D', null), row('D (adversarial training)', 0.25), row('E', 0.5)]);
  expect(labels[0]).toBe('D');
  expect(labels[1]).toMatch(/^D \(adversarial training\) · (?!.*adversarial).*0\.25/);
  expect(labels[2]).toMatch(/^E · adversarial training, .*0\.5/);
  expect(rowLabels([row('D (adversarial training)', 0.25), row('E', 0.25)])).toEqual([
    'D (adversarial training)',
    'E',
  ]);
});

it('the training split is named where an accuracy is of it', () => {
  const [test, train] = [row('D', null), { ...row('D', null), split: 'train' as Split }];
  expect(rowLabels([test, train])).toEqual(['D · evaluated on D', 'D · evaluated on D (train split)']);
});
