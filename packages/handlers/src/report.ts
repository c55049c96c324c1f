import { ToogitError } from '@toogit/errors';
import { canonicalJson, type JobResult } from '@toogit/jobs';
import { renderHtml } from '@toogit/report';
import type { JobContext, JobHandler } from './context.js';
import { type Input, manyInputs, oneInput } from './inputs.js';
import { exampleGrid } from './report-grids.js';

type Result = JobResult<'report'>;

/** Gathers what the evaluations found into report.json and a page. */
export const report: JobHandler<'report'> = async (context) => {
  const evaluations = manyInputs(context, 'evaluations', 'evaluation');
  const synthesized = manyInputs(context, 'synthesized', 'synthesizedDataset');
  const dataset = oneInput(context, 'dataset', 'dataset');
  const meta = assemble(context, evaluations, synthesized, dataset);
  const { artifacts } = context;
  const grids = await Promise.all(synthesized.map((input) => exampleGrid(artifacts, input, dataset)));
  const text = (value: string) => new TextEncoder().encode(value);
  return {
    type: 'report',
    parts: [
      await artifacts.writeBytes('report.json', 'application/json', text(`${canonicalJson(meta)}\n`)),
      await artifacts.writeBytes('report.html', 'text/html', text(renderHtml(meta, grids))),
    ],
    meta,
  };
};

function assemble(
  { params }: JobContext<'report'>,
  evaluations: Input<'evaluation'>[],
  synthesized: Input<'synthesizedDataset'>[],
  dataset: Input<'dataset'>,
): Result {
  const { study, profile, seed, specDigest } = params;
  return {
    study,
    profile,
    seed,
    specDigest,
    chance: 1 / dataset.facts.classNames.length,
    rows: rowsOf(params.rows, evaluations),
    attacks: synthesized.map(attackOf),
    artifacts: Object.fromEntries([
      [dataset.facts.name, dataset.digest],
      ...synthesized.map(({ digest, facts }) => [facts.name, digest]),
      ...evaluations.map(({ digest }, index) => [`evaluation-${index}`, digest]),
    ]),
  };
}

function rowsOf(
  labels: JobContext<'report'>['params']['rows'],
  evaluations: Input<'evaluation'>[],
): Result['rows'] {
  if (labels.length !== evaluations.length) {
    throw new ToogitError(
      'INTERNAL',
      `A report of ${labels.length} rows has ${evaluations.length} evaluations.`,
    );
  }
  return evaluations.map(({ facts: { clean, adversarial } }, index) => ({
    ...(labels[index] as (typeof labels)[number]),
    n: clean.n,
    cleanAccuracy: clean.accuracy,
    ci95: clean.ci95,
    robust: adversarial && {
      n: adversarial.robust.n,
      robustAccuracy: adversarial.robust.accuracy,
      ci95: adversarial.robust.ci95,
      attack: adversarial.attack,
    },
  }));
}

function attackOf({ facts }: Input<'synthesizedDataset'>): Result['attacks'][number] {
  const { norm, epsilon, stepSize, steps } = facts.attack;
  return {
    dataset: facts.name,
    norm,
    epsilon,
    stepSize,
    steps,
    n: facts.examples,
    successRate: facts.attackSuccessRate,
    maxNorm: facts.maxNorm,
  };
}
