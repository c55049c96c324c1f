import {
  type JobKind,
  type JobParams,
  type PlannedFigure,
  type PlannedJob,
  profiles,
  studyNames,
} from '@toogit/catalogue';
import { resolveSpec } from '@toogit/spec';
import { describe, expect, it } from 'vitest';
import { planExperiment } from './plan-experiment.js';

/** A report's figures, and its inputs as jobs. */
function reportOf(spec: unknown) {
  const plan = planExperiment(resolveSpec(spec));
  const reports = plan.jobs.filter((job) => job.kind === 'report');
  const [job] = reports as PlannedJob<'report'>[];
  if (!job || reports.length !== 1) throw new Error(`${reports.length} reports`);
  const byKey = new Map(plan.jobs.map((j) => [j.key, j]));
  const sources = (job.inputs.sources ?? []).map((key) => byKey.get(key));
  const { figures }: JobParams<'report'> = job.params;
  const stepsOf = (step: string) => plan.steps.filter(({ name }) => name.endsWith(step));
  return { plan, job, figures, sources, stepsOf };
}

/** Which kind of job each property of a row is drawn from. */
const kindsOfSources: Record<string, JobKind> = {
  evaluations: 'evaluate',
  evaluation: 'evaluate',
  learned: 'evaluate',
  transferred: 'evaluate',
  matrix: 'transfer-matrix',
  usefulness: 'feature-usefulness',
  theory: 'theory',
  patterns: 'patterns',
  blocks: 'attack',
  synthesized: 'synthesize',
  dataset: 'dataset.import',
};

const sourcesOfRow = (row: PlannedFigure['rows'][number]) =>
  Object.entries(row).flatMap(([property, value]) => {
    const kind = kindsOfSources[property];
    const indices = Array.isArray(value) ? value : [value];
    return kind ? indices.map((index) => ({ index: Number(index), kind })) : [];
  });

describe.each(studyNames.flatMap((study) => profiles.map((profile) => ({ study, profile }))))(
  'the report of $study, $profile',
  (spec) => {
    const { job, figures, sources, plan } = reportOf({ ...spec, matrix: { seed: [3, 4] } });

    it('is one over all points, each of its rows drawn from a job of the right kind', () => {
      const used = new Set<number>();
      for (const figure of figures) {
        expect(new Set(figure.rows.map((row) => row.seed))).toEqual(new Set([3, 4]));
        for (const row of figure.rows) {
          const drawnFrom = sourcesOfRow(row);
          expect(drawnFrom.length).toBeGreaterThan(0);
          for (const { index, kind } of drawnFrom) {
            expect(sources[index]?.kind).toBe(kind);
            used.add(index);
          }
        }
      }
      expect([...used].sort((a, b) => a - b)).toEqual(sources.map((_, i) => i));
      expect(new Set(job.inputs.sources).size).toBe(sources.length);
    });

    it('comes last', () => {
      expect(plan.jobs.at(-1)).toBe(job);
      expect(plan.steps.at(-1)).toEqual({ name: 'report', kind: 'report', jobKeys: [job.key] });
    });
  },
);

describe('a row of a report', () => {
  it('says the seed, and what else the matrix set there', () => {
    const spec = { study: 'simple-experiment', profile: 'smoke' };
    const { figures, job, stepsOf } = reportOf({
      ...spec,
      matrix: { seed: [1, 2], epsilon: [0.25, '8/255'] },
    });
    const rows = figures[0]?.kind === 'accuracy' ? figures[0].rows : [];
    expect(rows.map(({ seed, point, trainedOn }) => `${seed} ${point} ${trainedOn}`)).toEqual(
      [1, 2].flatMap((seed) =>
        ['0.25', '8/255'].flatMap((epsilon) =>
          ['D', 'D_det', 'D_rand'].map((set) => `${seed} epsilon=${epsilon} ${set}`),
        ),
      ),
    );
    const keys = rows.flatMap((row) => row.evaluations.map((index) => job.inputs.sources?.[index]));
    const atPoint = (step: string) => stepsOf(`seed=2,epsilon=8/255/${step}`)[0]?.jobKeys[0];
    expect(keys.slice(-3)).toEqual(['evaluate-standard', 'evaluate-d_det', 'evaluate-d_rand'].map(atPoint));
  });

  it('has one evaluation for each radius of the attack', () => {
    const { figures, sources } = reportOf({ study: 'robust-features', profile: 'smoke' });
    const rows = figures[0]?.kind === 'accuracy' ? figures[0].rows : [];
    expect(rows.map((row) => row.evaluations.length)).toEqual([2, 2, 2, 2]);
    const models = rows.map((row) =>
      row.evaluations.map((index) => sources[index]?.inputs.evaluatedModel?.join()),
    );
    for (const ofOneModel of models) expect(new Set(ofOneModel).size).toBe(1);
    expect(new Set(models.flat()).size).toBe(4);
  });

  it('says how its model was trained', () => {
    const { figures } = reportOf({
      study: 'robust-features',
      profile: 'smoke',
      overrides: { robust: { learningRate: 0.07 }, adversarial: { steps: 1 } },
    });
    expect(figures[0]?.rows[1]).toMatchObject({
      trainedOn: 'D (adversarial training)',
      training: {
        architecture: 'resnet9',
        width: 0.125,
        depth: null,
        learningRate: 0.07,
        adversarial: { norm: 'l2', steps: 1 },
      },
    });
    expect(figures[0]?.rows[2]).toMatchObject({ trainedOn: 'D_R', training: { adversarial: null } });
  });
});
