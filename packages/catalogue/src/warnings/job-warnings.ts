import { type JobKind, type JobParams, type JobResult, jobKinds } from '../kinds.js';
import { type AttackEffect, attackEffect, attackWarnings } from './attack-effect-warnings.js';
import { perturbationWarnings } from './perturbation-warnings.js';
import { predictions, predictionWarnings } from './prediction-warnings.js';
import { trainedWarnings, trainingWarnings } from './training-warnings.js';
import { below, type Warning } from './warning.js';

/** A job as it is stored. An earlier version's may have other parameters, and another result. */
export interface StoredJob {
  kind: JobKind;
  params: unknown;
  /** Null until it has succeeded. */
  result: unknown;
}

/** What a job's settings miss, and what its result shows that it missed. Of an earlier version's job nothing. */
export function jobWarnings(job: StoredJob): Warning[] {
  switch (job.kind) {
    case 'train':
      return ofTraining(paramsOf(job, 'train'), resultOf(job, 'train'));
    case 'attack':
      return ofAttack(paramsOf(job, 'attack'), attackEffect.safeParse(job.result).data);
    case 'feature-responses': {
      const params = paramsOf(job, 'feature-responses');
      return params ? perturbationWarnings(params.perturbation).map(below('params.perturbation')) : [];
    }
    case 'evaluate': {
      const { data } = predictions.safeParse(job.result);
      return data ? predictionWarnings(data).map(below('result')) : [];
    }
    default:
      return [];
  }
}

const paramsOf = <K extends JobKind>({ params }: StoredJob, kind: K) =>
  jobKinds[kind].params.safeParse(params).data as JobParams<K> | undefined;

const resultOf = <K extends JobKind>({ result }: StoredJob, kind: K) =>
  result === null ? undefined : (jobKinds[kind].result.safeParse(result).data as JobResult<K> | undefined);

function ofAttack(params: JobParams<'attack'> | undefined, effect: AttackEffect | undefined): Warning[] {
  if (!params) return [];
  const settings = perturbationWarnings(params).map(below('params'));
  if (!effect) return settings;
  const known = new Set(settings.map(({ code }) => code));
  const effects = attackWarnings(params, effect, params.block.count);
  return [...settings, ...effects.filter(({ code }) => !known.has(code)).map(below('result'))];
}

function ofTraining(
  params: JobParams<'train'> | undefined,
  result: JobResult<'train'> | undefined,
): Warning[] {
  if (!params) return [];
  const settings = trainingWarnings(params).map(below('params'));
  return result ? [...settings, ...trainedWarnings(params, result).map(below('result'))] : settings;
}
