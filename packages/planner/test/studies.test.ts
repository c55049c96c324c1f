import {
  type ArtifactStore,
  createArtifactStore,
  MemoryBlobStore,
  type StoredManifest,
} from '@toogit/artifacts';
import {
  type JobKind,
  type JobParams,
  type JobResult,
  jobKinds,
  type Plan,
  type PlannedJob,
  type StudyName,
  studyNames,
} from '@toogit/catalogue';
import { startEngine } from '@toogit/engine';
import { handlers, type JobContext, type JobHandler } from '@toogit/handlers';
import { planExperiment } from '@toogit/planner';
import { resolveSpec } from '@toogit/spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeTenClasses } from './ten-classes.js';
import { tinyOverrides } from './tiny-studies.js';

beforeAll(async () => {
  await startEngine({ device: 'cpu', threads: 1 });
});

/** Every job of a plan in its order, in this process; imports make pictures in place of the data set. */
async function runPlan(plan: Plan): Promise<Map<string, StoredManifest>> {
  const artifacts = createArtifactStore(new MemoryBlobStore());
  const cached = new Map<string, unknown>();
  const done = new Map<string, StoredManifest>();
  for (const job of plan.jobs) {
    done.set(
      job.key,
      job.kind === 'dataset.import'
        ? await storeTenClasses(artifacts, job.params as JobParams<'dataset.import'>)
        : await runJob(job, artifacts, done, cached),
    );
  }
  return done;
}

async function runJob(
  job: PlannedJob,
  artifacts: ArtifactStore,
  done: Map<string, StoredManifest>,
  cached: Map<string, unknown>,
): Promise<StoredManifest> {
  const inputOf = (jobKey: string) => ({ jobKey, ...(done.get(jobKey) as StoredManifest) });
  const context: JobContext<JobKind> = {
    kind: job.kind,
    params: job.params,
    seed: job.seed,
    inputs: Object.fromEntries(Object.entries(job.inputs).map(([role, keys]) => [role, keys.map(inputOf)])),
    artifacts,
    signal: new AbortController().signal,
    yielding: new AbortController().signal,
    cacheDir: '/nonexistent',
    restrictedImagenetDir: null,
    deviceCache: {
      async get<T>(key: string, load: () => Promise<{ value: T }>) {
        if (!cached.has(key)) cached.set(key, (await load()).value);
        return cached.get(key) as T;
      },
    },
    progress: () => {},
    metric: () => {},
    checkpoint: { load: async () => null, save: async () => {} },
  };
  const output = await (handlers[job.kind] as JobHandler<JobKind>)(context);
  const meta = jobKinds[job.kind].result.parse(output.meta) as Record<string, unknown>;
  return artifacts.writeManifest({ ...output, meta });
}

const planOf = (study: StudyName) =>
  planExperiment(resolveSpec({ study, profile: 'smoke', overrides: tinyOverrides[study] }));

describe.each(studyNames)('%s, in miniature', (study) => {
  const plan = planOf(study);
  let done: Map<string, StoredManifest>;

  beforeAll(async () => {
    done = await runPlan(plan);
  }, 300_000);

  it('runs from its data to a report that leaves no row out', () => {
    const job = plan.jobs.at(-1) as PlannedJob<'report'>;
    const report = done.get(job.key)?.manifest.meta as JobResult<'report'>;
    const shape = (figures: readonly { kind: string; rows: readonly unknown[] }[]) =>
      figures.map(({ kind, rows }) => [kind, rows.length]);
    expect(shape(report.figures)).toEqual(shape((job.params as JobParams<'report'>).figures));
    expect(report).toMatchObject({ study, profile: 'smoke' });
  });
});

it('an attack of epsilon 0 labels the unperturbed test set y+1', async () => {
  const whole = planOf('controls');
  const keysOf = (...names: string[]) =>
    whole.steps.filter(({ name }) => names.includes(name)).flatMap(({ jobKeys }) => jobKeys);
  const needed = new Set(keysOf('train-set', 'test-set', 'standard', 'label-next', 'shifted-test-set'));
  const done = await runPlan({ ...whole, jobs: whole.jobs.filter(({ key }) => needed.has(key)) });
  expect(done.get(keysOf('shifted-test-set')[0] ?? '')?.manifest.meta).toMatchObject({
    split: 'test',
    examples: 128,
    maxNorm: 0,
    labelsKept: 0,
  });
});
