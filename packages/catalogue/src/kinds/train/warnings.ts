import { z } from 'zod';
import { perturbationWarnings } from '../../warnings/perturbation-warnings.js';
import { below, type Warning } from '../../warnings/warning.js';
import { type TrainParams, type TrainResult, trainJob } from './job.js';

export type TrainingSettings = Pick<TrainParams, 'momentum' | 'nesterov' | 'labelSmoothing' | 'adversarial'>;

/** A step holds the parameters of its job under the same names. */
const stepSettings = z.object(trainJob.params.shape);

export function trainStepWarnings(step: unknown): Warning[] {
  const { data } = stepSettings.safeParse(step);
  return data ? trainingWarnings(data) : [];
}

export function trainJobWarnings(params: unknown, result: unknown): Warning[] {
  const { data } = trainJob.params.safeParse(params);
  if (!data) return [];
  const trained = trainJob.result.safeParse(result).data;
  return [
    ...trainingWarnings(data).map(below('params')),
    ...(trained ? trainedWarnings(data, trained).map(below('result')) : []),
  ];
}

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
  { batchSize }: Pick<TrainParams, 'batchSize'>,
  { trainExamples, collapsed, trainEvaluation, predictedClasses }: TrainResult,
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
