import { z } from 'zod';
import { patternsShape } from '../../kinds/patterns/step.js';
import { count, network, standardModelShape, threatShape } from '../base-models/parameters.js';

export const patternsStudyShape = {
  ...standardModelShape,
  ...threatShape,
  attackExamples: count.nullable().describe('Test images made adversarial; null is all.'),
  networks: z
    .array(network)
    .min(1)
    .max(8)
    .describe('Standard models, trained apart, that are shown the bare patterns.'),
  amplification: patternsShape.amplification.unwrap(),
  universalEpochs: patternsShape.universalEpochs.unwrap(),
};

const parameters = z.strictObject(patternsStudyShape);
export type PatternsProfile = z.input<typeof parameters>;
export type PatternsParameters = z.output<typeof parameters>;
