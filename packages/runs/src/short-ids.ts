import { ToogitError } from '@toogit/core';
import { type Database, notFound, type Scope, uuid } from './database.js';

/** A shorter one would be right by luck only. */
const shortest = 4;
/** An answer lists so many of the ids that begin alike. */
const mostCandidates = 10;

interface Candidate {
  id: string;
  /** What a reader recognises it by. */
  what: string;
}

/** The experiment that an id, or the beginning of one, means. @throws NOT_FOUND, ID_AMBIGUOUS */
export async function resolveExperimentId(db: Database, id: string, project: Scope): Promise<string> {
  if (uuid.test(id)) return id;
  const prefix = id.toLowerCase();
  const fill = (digit: string) => prefix + uuidOf(digit).slice(prefix.length);
  if (!uuid.test(fill('0'))) throw notFound('experiment', id);
  requireLength('experiment', prefix);
  const candidates = await db.run(
    (prisma) => prisma.$queryRaw<Candidate[]>`
      SELECT id::text, name || ', ' || state AS what FROM experiments
      WHERE id BETWEEN ${fill('0')}::uuid AND ${fill('f')}::uuid
        AND (${project}::text IS NULL OR project_id = ${project})
      ORDER BY created_at DESC, id LIMIT ${mostCandidates}`,
  );
  return onlyOne('experiment', id, candidates);
}

/** The job that a key, or the beginning of one, means. @throws NOT_FOUND, ID_AMBIGUOUS */
export async function resolveJobKey(db: Database, key: string, project: Scope): Promise<string> {
  const prefix = key.toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(prefix)) throw notFound('job', key);
  if (prefix.length === 64) return prefix;
  requireLength('job', prefix);
  // Any letter after f ends the range, in every collation.
  const candidates = await db.run(
    (prisma) => prisma.$queryRaw<Candidate[]>`
      SELECT key AS id, kind || ', ' || state AS what FROM jobs
      WHERE key >= ${prefix} AND key < ${`${prefix}g`} AND (${project}::text IS NULL OR EXISTS (
        SELECT FROM experiment_jobs w JOIN experiments e ON e.id = w.experiment_id
        WHERE w.job_key = jobs.key AND e.project_id = ${project}))
      ORDER BY key LIMIT ${mostCandidates}`,
  );
  return onlyOne('job', key, candidates);
}

const uuidOf = (digit: string) => [8, 4, 4, 4, 12].map((digits) => digit.repeat(digits)).join('-');

function requireLength(what: string, prefix: string): void {
  if (prefix.length >= shortest) return;
  throw new ToogitError('ID_AMBIGUOUS', `${prefix} is too short for the beginning of an id.`, {
    details: [{ path: what, message: `needs ${shortest} characters or more` }],
  });
}

function onlyOne(what: string, id: string, candidates: Candidate[]): string {
  const [first, ...others] = candidates;
  if (!first) throw notFound(what, id);
  if (others.length === 0) return first.id;
  throw new ToogitError('ID_AMBIGUOUS', `The ids of several ${what}s begin with ${id}.`, {
    details: candidates.map((each) => ({ path: what, message: each.what, suggestion: each.id })),
  });
}
