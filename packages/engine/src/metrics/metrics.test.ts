import { wilsonInterval } from '@toogit/core';
import { expect, it } from 'vitest';
import { accuracy, attackSucceeded } from './accuracy.js';

it('accuracy goes with n and its interval', () => {
  const result = accuracy(Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 2, 0, 4));
  expect(result).toEqual({ n: 4, correct: 3, accuracy: 0.75, ci95: wilsonInterval(3, 4) });
});

it('an attack succeeds at its target, or away from the true class', () => {
  const [predictions, labels] = [Int32Array.of(1, 2), Int32Array.of(1, 1)];
  expect([...attackSucceeded(predictions, labels, { targeted: true })]).toEqual([1, 0]);
  expect([...attackSucceeded(predictions, labels, { targeted: false })]).toEqual([0, 1]);
});
