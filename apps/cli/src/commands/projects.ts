import type { NewLimits } from '@toogit/client';
import { alignColumns } from '../format.js';
import type { CommandContext } from './context.js';

const limits = [
  'maxRunningExperiments',
  'maxOpenJobs',
  'maxStoredBytes',
  'maxRunningJobs',
  'maxStartsPerMinute',
  'maxJobDurationMs',
  'share',
] as const;

/** As commander gives them: null for `none`, undefined for what stays as it is. */
type LimitOptions = Partial<NewLimits>;

export async function projectsList({ client, terminal, json }: CommandContext): Promise<void> {
  const projects = await client.listProjects();
  if (json) return terminal.out(JSON.stringify(projects));
  const rows = projects.map((project) => [
    project.id,
    ...limits.map((name) => String(project.limits[name] ?? 'none')),
  ]);
  const head = ['id', 'experiments', 'open jobs', 'bytes', 'running jobs', 'starts/min', 'job ms', 'share'];
  terminal.out(alignColumns([head, ...rows], [1, 2, 3, 4, 5, 6, 7]).join('\n'));
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

function limitsOf(options: LimitOptions): NewLimits {
  return Object.fromEntries(
    limits.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}
