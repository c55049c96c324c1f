import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttackParams } from '../attacks.js';
import { attackWarnings } from '../kinds/attack/warnings.js';
import { predictionWarnings } from '../kinds/evaluate/warnings.js';
import { trainedWarnings, trainingWarnings } from '../kinds/train/warnings.js';
import { jobWarnings } from './job-warnings.js';
import { type PerturbationSettings, perturbationWarnings } from './perturbation-warnings.js';

const attack: AttackParams = {
  ...{ norm: 'linf', epsilon: 8 / 255, stepSize: 1.6 / 255, steps: 20, targets: 'none' },
  ...{ randomStart: false, restarts: 1, gradientSamples: 1, precision: 'float32' },
};
const effect = { meanNorm: 8 / 255, maxNorm: 8 / 255, zeroGradients: 0, nonFiniteGradients: 0 };
const codes = (settings: Partial<AttackParams>) =>
  perturbationWarnings({ ...attack, ...settings }).map(({ code }) => code);

describe('settings of an attack', () => {
  it.each([
    ['as they usually are', {}, []],
    ['one step of epsilon', { steps: 1, stepSize: 8 / 255 }, []],
    ['20 steps of epsilon / 20', { stepSize: 8 / 255 / 20 }, []],
    [
      'steps that cannot reach the ball',
      { epsilon: 0.5, stepSize: 0.001, steps: 1 },
      ['EPSILON_OUT_OF_REACH'],
    ],
    ['a step longer than epsilon', { stepSize: 0.1 }, ['STEP_LONGER_THAN_EPSILON']],
    ['restarts from one place', { restarts: 3 }, ['RESTARTS_ALL_EQUAL']],
    ['restarts from random places', { restarts: 3, randomStart: true }, []],
    ['restarts under averaged gradients', { restarts: 3, gradientSamples: 4 }, []],
    ['epsilon 0', { epsilon: 0, restarts: 3 }, ['EPSILON_ZERO']],
    ['epsilon 0 with targets, which relabels', { epsilon: 0, targets: 'next' }, []],
    ['an epsilon that float32 does not have', { epsilon: 1e-9, stepSize: 1e-9 }, ['EPSILON_BELOW_PRECISION']],
  ] as const)('%s', (_, settings, expected) => {
    expect(codes(settings)).toEqual(expected);
  });

  it('are put right by what the warning says', () => {
    const settings = fc.record({
      epsilon: fc.double({ min: 1e-4, max: 50, noNaN: true }),
      stepSize: fc.double({ min: 1e-4, max: 50, noNaN: true }),
      steps: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(settings, (given) => {
        const tried: PerturbationSettings = { ...given, norm: 'l2' };
        const [warned] = perturbationWarnings(tried).filter(({ code }) => code === 'EPSILON_OUT_OF_REACH');
        if (!warned) return;
        const [, stepSize = '', steps = ''] =
          /stepSize to at least (\S+), or steps to at least (\d+)/.exec(warned.next) ?? [];
        const [numerator, denominator = 1] = stepSize.split('/').map(Number);
        const mended = (change: object) =>
          perturbationWarnings({ ...tried, ...change }).filter(({ code }) => code === 'EPSILON_OUT_OF_REACH');
        expect(mended({ stepSize: (numerator as number) / denominator })).toEqual([]);
        expect(mended({ steps: Number(steps) })).toEqual([]);
      }),
    );
  });
});

describe('what an attack did', () => {
  it('is warned of where it fell short of epsilon, or the gradient was none', () => {
    const found = (change: object) =>
      attackWarnings(attack, { ...effect, ...change }, 500).map(({ code }) => code);
    expect(found({})).toEqual([]);
    expect(found({ maxNorm: 0.001 })).toEqual(['EPSILON_NOT_REACHED']);
    expect(found({ zeroGradients: 3 })).toEqual(['GRADIENTS_ZERO']);
    expect(found({ nonFiniteGradients: 1 })).toEqual(['GRADIENTS_NOT_FINITE']);
  });

  it('is explained once where the settings explain it', () => {
    const short = { ...attack, stepSize: 0.001, steps: 1 };
    expect(attackWarnings(short, { ...effect, maxNorm: 0.001 }, 500).map(({ code }) => code)).toEqual([
      'EPSILON_OUT_OF_REACH',
    ]);
  });
});

it('a training is warned of what changes nothing', () => {
  const training = { momentum: 0.9, nesterov: true, labelSmoothing: 0, adversarial: null };
  expect(trainingWarnings(training)).toEqual([]);
  expect(trainingWarnings({ ...training, momentum: 0 })).toMatchObject([{ path: 'nesterov' }]);
  expect(trainingWarnings({ ...training, labelSmoothing: 1 })).toMatchObject([{ path: 'labelSmoothing' }]);
  const adversarial = { norm: 'l2', epsilon: 0.5, stepSize: 0.01, steps: 7, randomStart: false } as const;
  expect(trainingWarnings({ ...training, adversarial })).toMatchObject([
    { code: 'EPSILON_OUT_OF_REACH', path: 'adversarial.stepSize' },
  ]);
});

it('a trained model is warned of where it collapsed, or its set was smaller than a batch', () => {
  const trainEvaluation = { n: 100, correct: 11, accuracy: 0.11, ci95: [0.06, 0.19] as [number, number] };
  const result = { trainExamples: 58, collapsed: true, trainEvaluation, predictedClasses: 3 } as never;
  expect(trainedWarnings({ batchSize: 100 }, result)).toMatchObject([
    { code: 'TRAINING_COLLAPSED', message: expect.stringContaining('11 of 100') },
    { code: 'BATCH_LARGER_THAN_SET', next: 'Set batchSize to at most 58.' },
  ]);
  const sound = { trainExamples: 58, collapsed: false, trainEvaluation, predictedClasses: 3 } as never;
  expect(trainedWarnings({ batchSize: 50 }, sound)).toEqual([]);
});

it('predictions of one class only are told from others', () => {
  const group = (correct: number, n: number) => ({
    n,
    correct,
    accuracy: n === 0 ? null : correct / n,
    ci95: null,
  });
  const predictions = (...groups: ReturnType<typeof group>[]) =>
    predictionWarnings({
      clean: { n: 20, correct: 10, accuracy: 0.5, ci95: [0, 1] },
      perClassAccuracy: groups,
    });
  expect(predictions(group(10, 10), group(0, 10))).toMatchObject([{ code: 'ONE_CLASS_PREDICTED' }]);
  expect(predictions(group(10, 10), group(1, 10))).toEqual([]);
  expect(predictions(group(9, 10), group(0, 10))).toEqual([]);
  expect(predictions(group(10, 10), group(0, 0))).toEqual([]);
});

it('a job is warned of by its parameters, then by its result; one of an earlier version not at all', () => {
  const params = { ...attack, block: { start: 0, count: 500 }, restarts: 3 };
  const result = {
    attack,
    sourceModel: 'key',
    block: params.block,
    attackSuccess: null,
    ...effect,
    zeroGradients: 2,
  };
  const job = { kind: 'attack', params, result: null } as const;
  expect(jobWarnings(job).map(({ path }) => path)).toEqual(['params.restarts']);
  expect(jobWarnings({ ...job, result }).map(({ path }) => path)).toEqual([
    'params.restarts',
    'result.zeroGradients',
  ]);
  expect(jobWarnings({ ...job, params: { epsilon: 1 }, result: { meanNorm: 0 } })).toEqual([]);
  expect(jobWarnings({ kind: 'report', params: {}, result: {} })).toEqual([]);
});
