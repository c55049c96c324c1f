import { randomUUID } from 'node:crypto';
import { createExperiment } from './create-experiment.js';
import { CommitUnknown, readsOf, type Scope } from './database.js';
import { getExperiment } from './experiments.js';
import type { ProjectWrites } from './project-writes.js';
import type { NewExperiment, ProjectRuns } from './runs.js';

/** Where experiments go that nobody names a project for: embedded mode has no other. */
const defaultProject = 'default';

/** One transaction, the answer included. Where its commit was not acknowledged it is requested again by its id. */
export async function submitExperiment(
  writes: ProjectWrites,
  wanted: NewExperiment,
  project: Scope,
): ReturnType<ProjectRuns['createExperiment']> {
  const newId = randomUUID();
  const store = () =>
    writes.transaction(project, async (tx) => {
      const { id, created, ready } = await createExperiment(tx, newId, wanted, project ?? defaultProject);
      return { experiment: await getExperiment(readsOf(tx), id, project), created, ready };
    });
  try {
    return await store();
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof CommitUnknown)) throw error;
    return await store();
  }
}
