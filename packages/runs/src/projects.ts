import { ToogitError } from '@toogit/core';
import type { ProjectLimits, ProjectView } from './access.js';
import { type Database, notFound, type Scope } from './database.js';
import type { Project } from './generated/client.js';

export async function listProjects(db: Database, project: Scope): Promise<ProjectView[]> {
  const where = project === null ? {} : { id: project };
  const rows = await db.run((prisma) => prisma.project.findMany({ where, orderBy: { id: 'asc' } }));
  return rows.map(projectView);
}

export async function createProject(db: Database, id: string, limits: ProjectLimits): Promise<ProjectView> {
  return db.transaction(async (tx) => {
    const { count } = await tx.project.createMany({ data: [{ id, ...limits }], skipDuplicates: true });
    if (count === 0) throw new ToogitError('CONFLICT', `There is a project ${id} already.`);
    return projectView(await tx.project.findUniqueOrThrow({ where: { id } }));
  });
}

export async function setLimits(
  db: Database,
  id: string,
  limits: Partial<ProjectLimits>,
): Promise<ProjectView> {
  const rows = await db.run((prisma) =>
    prisma.project.updateManyAndReturn({ where: { id }, data: limits, limit: 1 }),
  );
  if (!rows[0]) throw notFound('project', id);
  return projectView(rows[0]);
}

const numberOf = (value: bigint | null) => (value === null ? null : Number(value));

function projectView(row: Project): ProjectView {
  const { id, createdAt, maxStoredBytes, maxJobDurationMs, ...limits } = row;
  return {
    id,
    limits: {
      ...limits,
      maxStoredBytes: numberOf(maxStoredBytes),
      maxJobDurationMs: numberOf(maxJobDurationMs),
    },
    createdAt: createdAt.toISOString(),
  };
}
