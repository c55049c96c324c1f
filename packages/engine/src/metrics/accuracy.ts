import { wilsonInterval } from '@toogit/core';

/** A fraction with its n and 95 % interval. */
export interface Accuracy {
  n: number;
  correct: number;
  accuracy: number;
  ci95: [number, number];
}

/** How many predictions equal the labels. */
export function accuracy(predictions: Int32Array, labels: Int32Array): Accuracy {
  const n = labels.length;
  const correct = labels.reduce((sum, label, index) => sum + Number(predictions[index] === label), 0);
  return { n, correct, accuracy: n === 0 ? 0 : correct / n, ci95: wilsonInterval(correct, n) };
}

/** 1 where the attack did what it meant to: reached its target, or (untargeted) left the true class. */
export function attackSucceeded(
  predictions: Int32Array,
  labels: Int32Array,
  { targeted }: { targeted: boolean },
): Uint8Array {
  return Uint8Array.from(labels, (label, index) => Number((predictions[index] === label) === targeted));
}
