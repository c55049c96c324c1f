import { z } from 'zod';
import { featurePerturbation } from '../../values.js';
import { perturbationWarnings } from '../../warnings/perturbation-warnings.js';
import { below, type Warning } from '../../warnings/warning.js';
import { featureResponsesJob } from './job.js';

/** A step holds the settings of the perturbation itself. */
const stepSettings = z.object(featurePerturbation.shape);

export function featureResponsesStepWarnings(step: unknown): Warning[] {
  const { data } = stepSettings.safeParse(step);
  return data ? perturbationWarnings(data) : [];
}

export function featureResponsesJobWarnings(params: unknown): Warning[] {
  const { data } = featureResponsesJob.params.safeParse(params);
  return data ? perturbationWarnings(data.perturbation).map(below('params.perturbation')) : [];
}
