import type { NewLimits } from '@toogit/client';
import { alignColumns } from '../format.js';
import type { CommandContext } from './context.js';

/** As commander gives them: null for `none`. */
interface LimitOptions {
  maxRunningExperiments?: number | null;
  maxOpenJobs?: number | null;
  maxStoredBytes?: number | null;
}

export async function projectsList({ client, terminal, json }: CommandContext): Promise<void> {
  const projects = await client.listProjects();
  if (json) return terminal.out(JSON.stringify(projects));
  const text = (limit: number | null) => (limit === null ? 'none' : String(limit));
  const rows = projects.map(({ id, limits }) => [
    ...[id, text(limits.maxRunningExperiments), text(limits.maxOpenJobs), text(limits.maxStoredBytes)],
  ]);
  const head = ['id', 'max experiments', 'max open jobs', 'max bytes'];
  terminal.out(alignColumns([head, ...rows], [1, 2, 3]).join('\n'));
}

export async function projectsCreate(
  { client, terminal, json }: CommandContext,
  id: string,
  options: LimitOptions,
): Promise<void> {
  const project = await client.createProject({ id, limits: limitsOf(options) });
  terminal.out(json ? JSON.stringify(project) : project.id);
}

export async function projectsLimit(
  { client, terminal, json }: CommandContext,
  id: string,
  options: LimitOptions,
): Promise<void> {
  const project = await client.setProjectLimits(id, limitsOf(options));
  terminal.out(JSON.stringify(json ? project : project.limits));
}

function limitsOf({ maxRunningExperiments, maxOpenJobs, maxStoredBytes }: LimitOptions): NewLimits {
  return {
    ...(maxRunningExperiments === undefined ? {} : { maxRunningExperiments }),
    ...(maxOpenJobs === undefined ? {} : { maxOpenJobs }),
    ...(maxStoredBytes === undefined ? {} : { maxStoredBytes }),
  };
}
