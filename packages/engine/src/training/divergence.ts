import { ToogitError } from '@toogit/core';
import type { Weights } from '../models/model.js';

/** How far a training has come, for the report of where it diverged. */
export interface TrainingPosition {
  /** Counted from 1, the one at work. */
  epoch: number;
  epochs: number;
  /** Steps done. */
  step: number;
  steps: number;
  /** Steps done at the last checkpoint that was saved; null before the first. */
  lastCheckpoint: number | null;
}

export function diverged(
  what: string,
  { epoch, epochs, step, steps, lastCheckpoint }: TrainingPosition,
): ToogitError {
  const kept =
    lastCheckpoint === null ? 'no checkpoint before it' : `last good checkpoint after step ${lastCheckpoint}`;
  return new ToogitError(
    'TRAINING_DIVERGED',
    `${what} in epoch ${epoch} of ${epochs} (step ${step} of ${steps}; ${kept})`,
  );
}

/** @throws ToogitError TRAINING_DIVERGED naming the first tensor that holds a number which is not finite */
export function assertFinite(tensors: Weights, at: TrainingPosition): void {
  for (const [name, { data }] of tensors) {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw diverged(`${name} holds ${bad}`, at);
  }
}
