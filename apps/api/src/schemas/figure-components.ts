import {
  accuracy,
  adversarialTraining,
  attackParams,
  featurePerturbation,
  figures,
  meanOverSeeds,
  paperFigures,
  proportion,
  trainingFacts,
} from '@toogit/catalogue';
import { z } from 'zod';

/** `TransferMatrix` for `transfer-matrix`. */
export const componentName = (kind: string): string =>
  kind.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Schemas that figures share, each once in the OpenAPI document under this name. */
const components: Record<string, z.ZodType> = {
  Accuracy: accuracy,
  AdversarialTraining: adversarialTraining,
  AttackParams: attackParams,
  FeaturePerturbation: featurePerturbation,
  MeanOverSeeds: meanOverSeeds,
  PaperFigures: paperFigures,
  Proportion: proportion,
  TrainingFacts: trainingFacts,
  ...Object.fromEntries(
    Object.values(figures).map(({ kind, figure }) => [`${componentName(kind)}Figure`, figure]),
  ),
};
for (const [id, schema] of Object.entries(components)) z.globalRegistry.add(schema, { id });
