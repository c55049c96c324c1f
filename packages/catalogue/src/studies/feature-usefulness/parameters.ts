import { z } from 'zod';
import { featurePerturbationShape } from '../../kinds/feature-responses/step.js';
import { count, standardModelShape } from '../base-models/parameters.js';
import { robustModelShape } from '../base-models/robust-model.js';

export const featureUsefulnessShape = {
  ...standardModelShape,
  ...robustModelShape,
  examples: count.describe('Test images on which the features are measured.'),
  norm: featurePerturbationShape.norm,
  epsilon: featurePerturbationShape.epsilon,
  stepSize: featurePerturbationShape.stepSize,
  steps: featurePerturbationShape.steps.unwrap(),
  blockSize: featurePerturbationShape.blockSize.unwrap(),
};

const parameters = z.strictObject(featureUsefulnessShape);
export type FeatureUsefulnessProfile = z.input<typeof parameters>;
export type FeatureUsefulnessParameters = z.output<typeof parameters>;
