import type { JobParams, JobResult } from '../kinds.js';
import { perturbationWarnings } from './perturbation-warnings.js';
import { below, type Warning } from './warning.js';

export type TrainingSettings = Pick<
  JobParams<'train'>,
  'momentum' | 'nesterov' | 'labelSmoothing' | 'adversarial'
>;

/** What settings of a training can be seen to miss before anything runs. */
export function trainingWarnings({
  momentum,
  nesterov,
  labelSmoothing,
  adversarial,
}: TrainingSettings): Warning[] {
  return [
    ...(adversarial === null ? [] : perturbationWarnings(adversarial).map(below('adversarial'))),
    ...(nesterov && momentum === 0
      ? [
          {
            code: 'NESTEROV_WITHOUT_MOMENTUM' as const,
            path: 'nesterov',
            message: 'nesterov changes nothing while momentum is 0',
            next: 'Set momentum (0.9 is usual), or leave nesterov out.',
          },
        ]
      : []),
    ...(labelSmoothing === 1
      ? [
          {
            code: 'LABELS_WITHOUT_INFORMATION' as const,
            path: 'labelSmoothing',
            message:
              'labelSmoothing is 1: every class is as likely for every image, so nothing can be learned',
            next: 'Set labelSmoothing below 1; 0.1 is usual.',
          },
        ]
      : []),
  ];
}

/** What a training turned out to have missed. */
export function trainedWarnings(
  { batchSize }: Pick<JobParams<'train'>, 'batchSize'>,
  { trainExamples, collapsed, trainEvaluation, predictedClasses }: JobResult<'train'>,
): Warning[] {
  const collapse =
    predictedClasses === 1
      ? 'it takes every image for one class'
      : `${trainEvaluation.correct} of ${trainEvaluation.n} training images right is what guessing the commonest class gives`;
  return [
    ...(collapsed
      ? [
          {
            code: 'TRAINING_COLLAPSED' as const,
            path: 'collapsed',
            message: `the trained model predicts no better than chance: ${collapse}`,
            next: 'Lower learningRate or the epsilon of adversarial training, or train for more epochs.',
          },
        ]
      : []),
    ...(trainExamples < batchSize
      ? [
          {
            code: 'BATCH_LARGER_THAN_SET' as const,
            path: 'trainExamples',
            message: `the set has ${trainExamples} examples, fewer than the batchSize of ${batchSize}`,
            next: `Set batchSize to at most ${trainExamples}.`,
          },
        ]
      : []),
  ];
}
