import type { HostTensor } from '@toogit/artifacts';
import type { JobResult } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { blocksInOrder, firstBlock, readParts } from './blocks.js';
import type { JobContext, JobHandler } from './context.js';
import { ClassSums } from './feature-sums.js';
import { type Input, manyInputs } from './inputs.js';
import { proportion } from './summaries.js';
import { type Usefulness, usefulness } from './usefulness.js';

type Facts = Input<'featureResponses'>['facts'];

/** Of a two-sided 95 % interval. */
const standardErrors = 1.96;

/** ρ- and γ-usefulness of a model's features, from the blocks of responses. */
export const featureUsefulness: JobHandler<'feature-usefulness'> = async (context) => {
  const blocks = blocksInOrder(
    manyInputs(context, 'responses', 'featureResponses'),
    ({ facts: { block: _, ...shared } }) => shared,
  );
  const { facts } = firstBlock(blocks, 'featureResponses');
  const parts = await readParts(context.artifacts, blocks, 'responses');
  const sums = ClassSums.over(parts, facts.classes, facts.features);
  const pairs = usefulness(sums);
  if (pairs.length === 0) {
    throw new ToogitError('ARTIFACT_INVALID', `All ${facts.features} features of the model are constant.`);
  }
  const n = sums.counts.reduce((total, count) => total + count, 0);
  const meta = describe(facts, n, pairs);
  reportMetrics(context, meta);
  return {
    type: 'featureUsefulness',
    parts: [
      await context.artifacts.writeTensors('usefulness', tensorsOf(facts, pairs), { nanIsUnknown: true }),
    ],
    meta,
  };
};

/**
 * A pair is useful where ρ > 0, and robustly useful where γ > 0, by more than 1.96 standard errors. It is useful but not
 * robust where it is useful and γ < 0: it is γ-robust for no γ ≥ 0.
 */
function describe(facts: Facts, n: number, pairs: Usefulness[]): JobResult<'feature-usefulness'> {
  const { perturbation, trainedOn, evaluatedOn, split, features, classes } = facts;
  const useful = pairs.filter(({ rho, rhoError }) => rho > standardErrors * rhoError);
  const robust = pairs.filter(({ gamma, gammaError }) => gamma > standardErrors * gammaError);
  const share = (some: Usefulness[]) => proportion(some.length, pairs.length);
  return {
    ...{ perturbation, trainedOn, evaluatedOn, split, n, features, classes },
    useful: share(useful),
    robustlyUseful: share(robust),
    usefulNotRobust: share(useful.filter(({ gamma }) => gamma < 0)),
    points: mostUseful(pairs),
  };
}

/** Of each feature the class for which it is most useful. */
function mostUseful(pairs: Usefulness[]): Usefulness[] {
  const best = new Map<number, Usefulness>();
  for (const pair of pairs) {
    const known = best.get(pair.feature);
    if (known === undefined || pair.rho > known.rho) best.set(pair.feature, pair);
  }
  return [...best.values()];
}

/** [F,C] each; NaN for dead features. */
function tensorsOf({ features, classes }: Facts, pairs: Usefulness[]): Record<string, HostTensor> {
  const names = ['rho', 'gamma', 'rhoError', 'gammaError'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const data = new Float32Array(features * classes).fill(Number.NaN);
      for (const pair of pairs) data[pair.feature * classes + pair.class] = pair[name];
      return [name, { dtype: 'float32', shape: [features, classes], data }];
    }),
  );
}

function reportMetrics(
  context: JobContext<'feature-usefulness'>,
  { perturbation, trainedOn, evaluatedOn, split, n, ...shares }: JobResult<'feature-usefulness'>,
): void {
  const about = { trainedOn, evaluatedOn, split, examples: n, ...perturbation };
  for (const name of ['useful', 'robustlyUseful', 'usefulNotRobust'] as const) {
    const { value, n: pairs, ci95 } = shares[name];
    context.metric({
      name: `${name}Share`,
      value,
      unit: 'fraction',
      step: null,
      n: pairs,
      ci95,
      context: about,
    });
  }
}
