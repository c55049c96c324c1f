import type { Database, Scope, Transaction } from './database.js';

/** Write transactions of one project at once; the others of it wait without a connection. */
const perProject = 2;

interface Slots {
  used: number;
  waiting: (() => void)[];
}

/**
 * What projects write: on connections of its own, so that reads, claims and sweeps always find one, and so many of a
 * project at once that others' find one too.
 */
export class ProjectWrites {
  readonly #db: Database;
  readonly #slots = new Map<string, Slots>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** As `Database.transaction`. Whoever serves all projects (null) has no limit. */
  async transaction<T>(project: Scope, work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (project === null) return this.#db.transaction(work);
    const slots = this.#slots.get(project) ?? { used: 0, waiting: [] };
    this.#slots.set(project, slots);
    if (slots.used < perProject) slots.used += 1;
    else await new Promise<void>((resolve) => slots.waiting.push(resolve));
    try {
      return await this.#db.transaction(work);
    } finally {
      const next = slots.waiting.shift();
      if (next) next();
      else slots.used -= 1;
      if (slots.used === 0) this.#slots.delete(project);
    }
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
