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
  AccuracyFigure: figures.accuracy,
  SensitivityFigure: figures.sensitivity,
  TransferFigure: figures.transfer,
  TransferMatrixFigure: figures['transfer-matrix'],
  FeatureUsefulnessFigure: figures['feature-usefulness'],
  TheoryFigure: figures.theory,
  PatternsFigure: figures.patterns,
  ExamplesFigure: figures.examples,
};
for (const [id, schema] of Object.entries(components)) z.globalRegistry.add(schema, { id });
