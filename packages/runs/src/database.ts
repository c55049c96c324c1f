import { PrismaPg } from '@prisma/adapter-pg';
import { ToogitError } from '@toogit/core';
import pTimeout from 'p-timeout';
import type { Pool } from 'pg';
import { connectionPool, patient, prompt } from './connection.js';
import { databaseError, isDeadlock } from './database-error.js';
import { type Prisma, PrismaClient } from './generated/client.js';

export type Transaction = Prisma.TransactionClient;

const connections = { patient: 10, prompt: 4 };
const closeMs = 2_000;

/** Where reads go: the database, or a transaction that has to see what it has written. */
export interface Reader {
  run<T>(work: (prisma: Transaction) => Promise<T>): Promise<T>;
}

/** Reads within a transaction. An answer that is read here can't fail after the commit. */
export const readsOf = (tx: Transaction): Reader => ({ run: (work) => work(tx) });

/** The connection broke while the commit was on its way: it may have happened, and may happen still. */
export class CommitUnknown extends Error {}

/** The way to Postgres: every read and transaction goes through here, so that every failure comes out coded. */
export class Database {
  readonly #prisma: PrismaClient;
  readonly #prompt: PrismaClient;

  constructor(
    readonly url: string,
    max = connections.patient,
  ) {
    this.#prisma = openPrisma(connectionPool(url, max, patient));
    this.#prompt = openPrisma(connectionPool(url, connections.prompt, prompt));
  }

  /** Reads, or one statement that is a transaction of its own. */
  run<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return this.#again(() => work(this.#prisma));
  }

  /** The same for what a lease depends on: it waits for no other work, and for a server that is gone 15 s at most. */
  promptly<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return this.#again(() => work(this.#prompt));
  }

  /** Read committed: each statement sees what others have committed before it began. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#again(async () => {
      let isCommitting = false;
      const noted = async (tx: Transaction) => {
        const answer = await work(tx);
        isCommitting = true;
        return answer;
      };
      try {
        return await this.#prisma.$transaction(noted, { maxWait: 30_000, timeout: 120_000 });
      } catch (error) {
        const coded = databaseError(error);
        if (!isCommitting || coded.code !== 'DATABASE_UNAVAILABLE') throw error;
        throw new ToogitError(
          'DATABASE_UNAVAILABLE',
          `${coded.message} Whether the change was made is not known.`,
          { cause: new CommitUnknown(coded.message, { cause: error }) },
        );
      }
    });
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

  /** Waits for statements under way, but for none whose server is gone. */
  async close(): Promise<void> {
    const ends = [this.#prisma, this.#prompt].map((prisma) =>
      pTimeout(prisma.$disconnect(), { milliseconds: closeMs }),
    );
    await Promise.allSettled(ends);
  }
}

function openPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
}

/** The project whose things are looked at; null: everybody's, for those who serve all projects. */
export type Scope = string | null;

/** The condition on experiments that keeps to a project. */
export function scoped(project: Scope): { projectId?: string } {
  return project === null ? {} : { projectId: project };
}

/** The condition on jobs: an experiment of the project needs them. */
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
