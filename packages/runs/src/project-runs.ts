import { getArtifact, holdsBlob, listArtifacts } from './artifacts.js';
import { createExperiment } from './create-experiment.js';
import type { Database, Scope } from './database.js';
import { retryJob } from './dead-letters.js';
import { deleteExperiment } from './delete-experiment.js';
import {
  cancelExperiment,
  getExperiment,
  listExperiments,
  pauseExperiment,
  requireExperiment,
  resumeExperiment,
  retryExperiment,
  setPriority,
} from './experiments.js';
import { getJob, listFailedJobs, listJobs, readJobStates } from './jobs.js';
import { lockLimits, refuseOverLimits } from './limits.js';
import { listMetrics } from './metrics.js';
import { listReports, readOutcomes, readTotals } from './reports.js';
import type { ProjectRuns } from './runs.js';
import { resolveExperimentId, resolveJobKey } from './short-ids.js';

/** Where experiments go that nobody names a project for: embedded mode knows no other. */
const defaultProject = 'default';

/** Everything that concerns experiments, seen from one project, or from all of them at once (null). */
export function projectRuns(db: Database, project: Scope): ProjectRuns {
  return {
    resolveExperimentId: (id) => resolveExperimentId(db, id, project),
    resolveJobKey: (key) => resolveJobKey(db, key, project),
    createExperiment: async (wanted) => {
      const { id, created, ready } = await db.transaction((tx) =>
        createExperiment(tx, wanted, project ?? defaultProject),
      );
      return { experiment: await getExperiment(db, id, project), created, ready };
    },
    getExperiment: (id) => getExperiment(db, id, project),
    listExperiments: (query) => listExperiments(db, query, project),
    listJobs: async (id) => {
      await requireExperiment(db, id, project);
      return listJobs(db, id);
    },
    getJob: (key) => getJob(db, key, project),
    listMetrics: async (id, query) => {
      await requireExperiment(db, id, project);
      return listMetrics(db, id, query);
    },
    listArtifacts: async (id) => {
      await requireExperiment(db, id, project);
      return listArtifacts(db, id);
    },
    getArtifact: (digest) => getArtifact(db, digest, project),
    holdsBlob: (digest) => holdsBlob(db, digest, project),
    listReports: (query) => listReports(db, query, project),
    outcomes: (keys) => readOutcomes(db, keys, project),
    totals: () => readTotals(db, project),
    cancelExperiment: async (id) => {
      await requireExperiment(db, id, project);
      await db.transaction((tx) => cancelExperiment(tx, id));
      return getExperiment(db, id, project);
    },
    deleteExperiment: async (id) => {
      await requireExperiment(db, id, project);
      await db.transaction((tx) => deleteExperiment(tx, id));
    },
    retryExperiment: async (id) => {
      await requireExperiment(db, id, project);
      const ready = await db.transaction(async (tx) => {
        const limits = project === null ? null : await lockLimits(tx, project);
        const revived = await retryExperiment(tx, id);
        if (project !== null) await refuseOverLimits(tx, project, limits);
        return revived;
      });
      return { experiment: await getExperiment(db, id, project), ready };
    },
    pauseExperiment: async (id) => {
      await requireExperiment(db, id, project);
      await db.transaction((tx) => pauseExperiment(tx, id));
      return getExperiment(db, id, project);
    },
    resumeExperiment: async (id) => {
      await requireExperiment(db, id, project);
      const ready = await db.transaction((tx) => resumeExperiment(tx, id));
      return { experiment: await getExperiment(db, id, project), ready };
    },
    setPriority: async (id, priority) => {
      await requireExperiment(db, id, project);
      await db.transaction((tx) => setPriority(tx, id, priority));
      return getExperiment(db, id, project);
    },
    retryJob: async (key) => {
      await getJob(db, key, project);
      const ready = await db.transaction((tx) => retryJob(tx, key));
      return { job: await getJob(db, key, project), ready };
    },
    listFailedJobs: (query) => listFailedJobs(db, query, project),
    jobStates: (keys) => readJobStates(db, keys, project),
  };
}
