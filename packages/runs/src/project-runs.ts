import { findBlob, getArtifact, listArtifacts } from './artifacts.js';
import { type Database, readsOf, type Scope, type Transaction } from './database.js';
import { retryJob } from './dead-letters.js';
import { deleteExperiment } from './delete-experiment.js';
import {
  cancelExperiment,
  getExperiment,
  getExperimentHead,
  listExperiments,
  pauseExperiment,
  requireExperiment,
  resumeExperiment,
  retryExperiment,
  setPriority,
} from './experiments.js';
import { jobStatusesOf, jobStatusPages } from './job-statuses.js';
import { getJob, listFailedJobs, listJobs, readJobStates } from './jobs.js';
import { lockLimits, refuseOverLimits } from './limits.js';
import { listMetrics } from './metrics.js';
import type { ProjectWrites } from './project-writes.js';
import { listReports, readOutcomes, readTotals } from './reports.js';
import type { ProjectRuns } from './runs.js';
import { resolveExperimentId, resolveJobKey } from './short-ids.js';
import { submitExperiment } from './submit-experiment.js';

/** Everything that concerns experiments, seen from one project, or from all of them at once (null). */
export function projectRuns(db: Database, writes: ProjectWrites, project: Scope): ProjectRuns {
  /** What is answered is read before the commit, so that nothing can fail after it. */
  const change = async <T>(id: string, work: (tx: Transaction) => Promise<T>) => {
    await requireExperiment(db, id, project);
    return writes.transaction(project, async (tx) => {
      const result = await work(tx);
      return { result, experiment: await getExperiment(readsOf(tx), id, project) };
    });
  };
  return {
    resolveExperimentId: (id) => resolveExperimentId(db, id, project),
    resolveJobKey: (key) => resolveJobKey(db, key, project),
    createExperiment: (wanted) => submitExperiment(writes, wanted, project),
    getExperiment: (id) => getExperiment(db, id, project),
    listExperiments: (query) => listExperiments(db, query, project),
    getExperimentHead: (id) => getExperimentHead(db, id, project),
    listJobs: async (id, query) => {
      await requireExperiment(db, id, project);
      return listJobs(db, id, query);
    },
    jobStatusPages: async function* (id, changedWithinMs) {
      await requireExperiment(db, id, project);
      yield* jobStatusPages(db, id, changedWithinMs);
    },
    jobStatusesOf: async function* (id, keys) {
      await requireExperiment(db, id, project);
      yield* jobStatusesOf(db, id, keys);
    },
    getJob: (key) => getJob(db, key, project),
    listMetrics: async (id, query) => {
      await requireExperiment(db, id, project);
      return listMetrics(db, id, query);
    },
    listArtifacts: async (id, query) => {
      await requireExperiment(db, id, project);
      return listArtifacts(db, id, query);
    },
    getArtifact: (digest) => getArtifact(db, digest, project),
    findBlob: (digest) => findBlob(db, digest, project),
    listReports: (query) => listReports(db, query, project),
    outcomes: (keys) => readOutcomes(db, keys, project),
    totals: () => readTotals(db, project),
    cancelExperiment: async (id) => (await change(id, (tx) => cancelExperiment(tx, id))).experiment,
    deleteExperiment: async (id) => {
      await requireExperiment(db, id, project);
      await writes.transaction(project, (tx) => deleteExperiment(tx, id));
    },
    retryExperiment: async (id) => {
      const { experiment, result } = await change(id, async (tx) => {
        const limits = project === null ? null : await lockLimits(tx, project);
        const revived = await retryExperiment(tx, id);
        if (project !== null) await refuseOverLimits(tx, project, limits);
        return revived;
      });
      return { experiment, ready: result };
    },
    pauseExperiment: async (id) => (await change(id, (tx) => pauseExperiment(tx, id))).experiment,
    resumeExperiment: async (id) => {
      const { experiment, result } = await change(id, (tx) => resumeExperiment(tx, id));
      return { experiment, ready: result };
    },
    setPriority: async (id, priority) => (await change(id, (tx) => setPriority(tx, id, priority))).experiment,
    retryJob: async (key) => {
      await getJob(db, key, project);
      return writes.transaction(project, async (tx) => {
        const ready = await retryJob(tx, key);
        return { job: await getJob(readsOf(tx), key, project), ready };
      });
    },
    listFailedJobs: (query) => listFailedJobs(db, query, project),
    jobStates: (keys) => readJobStates(db, keys, project),
  };
}
