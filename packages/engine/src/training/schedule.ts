/** How the learning rate changes over a training. */
export type Schedule =
  | { kind: 'constant' }
  /** × `factor` after every so many epochs. */
  | { kind: 'step'; everyEpochs: number; factor: number }
  /** Rises from 0 over this fraction of all steps, then falls to 0. */
  | { kind: 'linear'; warmupFraction: number };

export interface Position {
  /** Counted from 0. */
  step: number;
  stepsPerEpoch: number;
  epochs: number;
}

/** The learning rate of one step, given the schedule's highest. */
export function learningRateAt(learningRate: number, schedule: Schedule, at: Position): number {
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'step': {
      const epoch = Math.floor(at.step / at.stepsPerEpoch);
      return learningRate * schedule.factor ** Math.floor(epoch / schedule.everyEpochs);
    }
    case 'linear': {
      // The middle of the step, so that no step has rate 0.
      const progress = (at.step + 0.5) / (at.stepsPerEpoch * at.epochs);
      const { warmupFraction } = schedule;
      return progress < warmupFraction
        ? (learningRate * progress) / warmupFraction
        : (learningRate * (1 - progress)) / (1 - warmupFraction);
    }
  }
}
