import { z } from 'zod';
import { theoryShape } from '../../kinds/theory/step.js';

export const gaussianShape = {
  ...theoryShape,
  conditionNumber: theoryShape.conditionNumber.unwrap(),
  meanNorm: theoryShape.meanNorm.unwrap(),
};

const parameters = z.strictObject(gaussianShape);
export type GaussianParameters = z.output<typeof parameters>;
