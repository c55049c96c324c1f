import { maxWarnings, profiles, specWarnings, studyNames } from '@toogit/catalogue';
import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';
import { summarizePlan } from './plan-summary.js';

const data = { kind: 'dataset', dataset: 'mnist', split: 'test', examples: 500 };
const model = { kind: 'train', dataset: 'data', architecture: 'cnn', epochs: 2 };
const attack = {
  ...{ kind: 'attack', sourceModel: 'model', dataset: 'data', targets: 'none' },
  ...{ norm: 'linf', epsilon: '8/255', steps: 20 },
};
const warningsOf = (steps: object, rest: object = {}) => {
  const plan = planExperiment(resolveSpec({ name: 'test', steps: { data, model, ...steps }, ...rest }));
  return summarizePlan(plan, new Map()).warnings;
};

describe('the warnings of a plan', () => {
  it.each(studyNames.flatMap((study) => profiles.map((profile) => [study, profile] as const)))(
    'are none for %s, %s',
    (study, profile) => {
      expect(specWarnings(resolveSpec({ study, profile }))).toEqual([]);
    },
  );

  it.each([
    [
      'a step that cannot reach the ball',
      { epsilon: 0.5, stepSize: 0.001, steps: 1 },
      'EPSILON_OUT_OF_REACH',
      'stepSize',
    ],
    ['a step longer than epsilon', { stepSize: 0.1 }, 'STEP_LONGER_THAN_EPSILON', 'stepSize'],
    ['restarts without a random start', { restarts: 3 }, 'RESTARTS_ALL_EQUAL', 'restarts'],
    ['epsilon 0', { epsilon: 0 }, 'EPSILON_ZERO', 'epsilon'],
  ])('name %s, and what to change', (_, settings, code, key) => {
    expect(warningsOf({ attack: { ...attack, ...settings } })).toEqual([
      {
        code,
        path: `steps.attack.${key}`,
        message: expect.any(String),
        next: expect.stringMatching(/^(Set|Leave) /),
      },
    ]);
  });

  it('are of trainings and of features too', () => {
    const features = { kind: 'feature-responses', model: 'model', dataset: 'data', norm: 'l2', epsilon: 0.5 };
    const short = { stepSize: 0.001, steps: 2 };
    const adversarial = { norm: 'l2', epsilon: 0.5, ...short };
    const found = warningsOf({ model: { ...model, adversarial }, features: { ...features, ...short } });
    expect(found.map(({ path }) => path)).toEqual([
      'steps.model.adversarial.stepSize',
      'steps.features.stepSize',
    ]);
  });

  it('come once however many points have them, and not without end', () => {
    const swept = (stepSize: unknown, matrix: object) =>
      warningsOf({ attack: { ...attack, stepSize } }, { matrix });
    const placeholder = `$${'{length}'}`;
    expect(swept(0.1, { seed: [0, 1, 2] })).toHaveLength(1);
    expect(swept(placeholder, { length: [0.1, 0.2, '1/255'] })).toHaveLength(2);
    const many = Array.from({ length: 2 * maxWarnings }, (_, i) => 0.1 + i / 1_000);
    expect(swept(placeholder, { length: many })).toHaveLength(maxWarnings);
  });

  it('are none of a spec that an earlier version resolved otherwise', () => {
    expect(specWarnings({ points: [{ steps: { attack: { kind: 'attack', epsilon: 0 } } }] })).toEqual([]);
    expect(specWarnings(null)).toEqual([]);
  });
});
