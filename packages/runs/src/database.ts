import { PrismaPg } from '@prisma/adapter-pg';
import { ToogitError } from '@toogit/errors';
import { databaseError, isDeadlock } from './database-error.js';
import { type Prisma, PrismaClient } from './generated/client.js';

export type Transaction = Prisma.TransactionClient;

/** The way to Postgres: every read and transaction goes through here, so that every failure comes out coded. */
export class Database {
  readonly #prisma: PrismaClient;

  constructor(readonly url: string) {
    const adapter = new PrismaPg({
      connectionString: url,
      max: 10,
      connectionTimeoutMillis: 10_000,
      // The adapter reads and writes times as if the session were in UTC.
      options: '-c timezone=UTC',
    });
    this.#prisma = new PrismaClient({ adapter });
  }

  /** Reads, or one statement that is a transaction of its own. */
  run<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return this.#again(() => work(this.#prisma));
  }

  /** Read committed: each statement sees what others have committed before it began. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#again(() => this.#prisma.$transaction(work, { maxWait: 30_000, timeout: 120_000 }));
  }

  /** The lock order rules deadlocks out among ourselves; an outsider's session may still cause one. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!isDeadlock(error) || tries === 5) throw databaseError(error);
      }
    }
  }

  async close(): Promise<void> {
    await this.#prisma.$disconnect();
  }
}

/** The project whose things are looked at; null: everybody's, for those who serve all projects. */
export type Scope = string | null;

/** The condition on experiments that keeps to a project. */
export function scoped(project: Scope): { projectId?: string } {
  return project === null ? {} : { projectId: project };
}

/** The condition on jobs: an experiment of the project wants them. */
export function wantedBy(project: Scope): { experiments?: { some: { experiment: { projectId: string } } } } {
  return project === null ? {} : { experiments: { some: { experiment: { projectId: project } } } };
}

/** What the id of an experiment looks like. */
export const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Null characters, which Postgres refuses in text and jsonb, become U+FFFD. */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.includes('\\u0000') ? text.replaceAll('\\u0000', '\\ufffd') : text;
}

export function notFound(what: string, id: string): ToogitError {
  return new ToogitError('NOT_FOUND', `There is no ${what} ${id}.`);
}
