import type { Precision } from '../backend/config-proto.js';
import type { Augmentation } from '../ops/augment.js';
import type { AdversarialTraining } from './adversarial-batch.js';
import type { Schedule } from './schedule.js';
import type { SgdParams } from './sgd.js';

export interface TrainingParams extends SgdParams {
  epochs: number;
  /** Most examples a step: an epoch is cut into batches that are as even as can be, and a smaller data set is one. */
  batchSize: number;
  /** The schedule's highest. */
  learningRate: number;
  schedule: Schedule;
  augmentation: 'none' | Augmentation;
  /** How far a crop may move, in pixels. */
  cropPadding?: number;
  /** Share of the target probability spread over all classes. */
  labelSmoothing?: number;
  /** Of convolutions and matrix products; float32 unless given. */
  precision?: Precision;
  /** Robust training: every batch is made adversarial first. Loss and accuracy reported are then those under attack. */
  adversarial?: AdversarialTraining | null;
  /** Everything (unless given), or a linear probe: only the last layer, on features of the model as it evaluates. */
  trainable?: 'all' | 'classifier';
}
