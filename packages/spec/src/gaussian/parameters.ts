import { theoryShape } from '@toogit/catalogue';
import { z } from 'zod';

export const gaussianShape = {
  ...theoryShape,
  conditionNumber: theoryShape.conditionNumber.unwrap(),
  meanNorm: theoryShape.meanNorm.unwrap(),
};

const parameters = z.strictObject(gaussianShape);
export type GaussianParameters = z.output<typeof parameters>;
