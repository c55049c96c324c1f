import { expect, it } from 'vitest';
import { requireFinite, requireFiniteMetric } from './finite.js';

const metric = {
  ...{ name: 'trainLoss', value: 0.5, unit: '1', step: 3, n: 128, ci95: null },
  context: { split: 'train', epsilon: 0.5 },
};
const refusal = (message: string) => expect.objectContaining({ code: 'VALUE_NOT_FINITE', message });

it('refuses a metric whose value, interval or context is not finite', () => {
  expect(() => requireFiniteMetric(metric)).not.toThrow();
  expect(() => requireFiniteMetric({ ...metric, value: Number.NaN })).toThrow(
    refusal('Metric trainLoss at step 3 is not finite: value is NaN.'),
  );
  expect(() => requireFiniteMetric({ ...metric, ci95: [0, Number.POSITIVE_INFINITY] })).toThrow(/ci95\.1/);
  expect(() => requireFiniteMetric({ ...metric, context: { meanNorm: Number.NaN } })).toThrow(/meanNorm/);
});

it('names the first number of a result that is not finite', () => {
  expect(() => requireFinite({ clean: null, points: [{ rho: 1 }, { rho: 2 }] }, 'It')).not.toThrow();
  expect(() => requireFinite({ points: [{ rho: 1 }, { rho: -Infinity }] }, 'The result of train')).toThrow(
    refusal('The result of train is not finite: points.1.rho is -Infinity.'),
  );
});
