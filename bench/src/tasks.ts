export const tasks = ['attack', 'train'] as const;
export type Task = (typeof tasks)[number];

const cifar10 = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };

/** What both sides compute, written to settings.json. */
export const defaults = {
  attack: { ...cifar10, batchSize: 500, epsilon: 0.5, stepSize: 0.1, learningRate: 0.1, weightDecay: 5e-4 },
  train: { ...cifar10, batchSize: 128, epsilon: 0.5, stepSize: 0.1, learningRate: 0.01, weightDecay: 5e-4 },
} as const;

export interface Settings {
  mean: number[];
  std: number[];
  batchSize: number;
  width: number;
  epsilon: number;
  stepSize: number;
  learningRate: number;
  weightDecay: number;
}
