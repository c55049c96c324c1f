import { parentPort, workerData } from 'node:worker_threads';
import { ToogitError } from '@toogit/core';
import { summarizePlan } from '@toogit/planner';
import { openRuns, type ProjectRuns, type ReadyJob } from '@toogit/runs';
import { experiment as experimentSchema } from '../schemas/experiment.js';
import type { PlannedSpec, PlanningMessage, PlanningTask, StoredExperiment } from './messages.js';
import { readSpec } from './read-spec.js';

/*
 * The main module of a planning thread. What grows with a spec happens here, from its text to the bytes of the answer, on
 * connections of this thread's own: neither the API's event loop nor its connections wait for it.
 */

/** More notifications than that wait for the sweep: they wake idle workers, and busy ones look by themselves. */
const mostReady = 2_000;

const { databaseUrl } = workerData as { databaseUrl: string };
const runs = openRuns(databaseUrl);
const port = parentPort;
if (port === null) throw new Error('planning-thread.js is the module of a worker thread');

port.on('message', (task: PlanningTask | 'close') => {
  if (task === 'close') void runs.close().finally(() => port.close());
  else void run(task).catch((error: unknown) => post(failure(error)));
});

const post = (message: PlanningMessage, transferred: ArrayBuffer[] = []) =>
  port.postMessage(message, transferred);

async function run({ project, text, submission }: PlanningTask): Promise<void> {
  const planned = readSpec(text);
  post({ type: 'planned', jobs: planned.plan.jobs.length });
  const projectRuns = runs.inProject(project);
  if (submission === null) {
    post({ type: 'done', result: await summaryOf(planned, projectRuns) });
  } else {
    const result = await store({ ...planned, ...submission }, projectRuns);
    post({ type: 'done', result }, [result.body.buffer]);
  }
}

async function summaryOf(
  planned: ReturnType<typeof readSpec>,
  projectRuns: ProjectRuns,
): Promise<PlannedSpec> {
  const { name, study, profile, specDigest, plan } = planned;
  const known = await projectRuns.jobStates(plan.jobs.map(({ key }) => key));
  return { name, study, profile, specDigest, ...summarizePlan(plan, known, await runs.jobTimings()) };
}

async function store(
  wanted: Parameters<ProjectRuns['createExperiment']>[0],
  projectRuns: ProjectRuns,
): Promise<StoredExperiment> {
  const { experiment, created, ready } = await projectRuns.createExperiment(wanted);
  const body = new TextEncoder().encode(JSON.stringify(experimentSchema.parse(experiment)));
  return { id: experiment.id, created, body, ready: firstOfEachClass(ready) };
}

function firstOfEachClass(ready: ReadyJob[]): ReadyJob[] {
  const classes = [...new Set(ready.map(({ resource }) => resource))];
  return classes.flatMap((each) => ready.filter(({ resource }) => resource === each).slice(0, mostReady));
}

/** Causes stay on this side; their stacks are for the log. */
function failure(error: unknown): PlanningMessage {
  const coded = ToogitError.from(error);
  const { cause } = coded;
  const stack = [coded.stack, cause instanceof Error ? cause.stack : cause]
    .filter(Boolean)
    .join('\ncaused by ');
  return { type: 'failed', error: coded.toJSON(), stack };
}
