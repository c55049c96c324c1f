import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Runs } from '../src/runs.js';
import type { WorkerAnnouncement } from '../src/work.js';
import { startRuns, type TestRuns } from './database.js';
import { experimentOf, type Graph, keyOf, successOf } from './graphs.js';
import { joined, next } from './workers.js';

export const independent = (count: number): Graph =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}`, []]));

/** Which world a claimed job is of, worlds having fewer than 100 jobs. */
export const worldOf = (worlds: string[], key: string | undefined) =>
  worlds.find((world) => Array.from({ length: 100 }, (_, i) => keyOf(world, `${i}`)).includes(key ?? ''));

/** A database for the tests of a file, before each of them empty but for one worker. */
export class EmptyHouse {
  database!: TestRuns;
  worker!: WorkerAnnouncement;

  constructor() {
    beforeAll(async () => {
      this.database = await startRuns();
    });
    afterAll(() => this.database.stop());
    beforeEach(async () => {
      await this.query('TRUNCATE experiments, jobs, workers CASCADE');
      await this.query("DELETE FROM projects WHERE id <> 'default'");
      await this.query('UPDATE projects SET max_running = NULL, max_starts_per_minute = NULL');
      this.worker = await joined(this.runs, 'worker');
    });
  }

  get runs(): Runs {
    return this.database.runs;
  }

  query(sql: string, values?: unknown[]) {
    return this.database.query(sql, values);
  }

  /** An experiment of independent jobs; the world is its name. */
  async submit(world: string, count: number, more: { priority?: number; project?: string } = {}) {
    const { experiment } = await this.runs.createExperiment(experimentOf(world, independent(count), more));
    if (more.project !== undefined) await this.#moveTo(more.project, experiment.id);
    return experiment.id;
  }

  async #moveTo(project: string, id: string) {
    await this.query('INSERT INTO projects (id) VALUES ($1) ON CONFLICT DO NOTHING', [project]);
    await this.query('UPDATE experiments SET project_id = $1 WHERE id = $2', [project, id]);
    await this.runs.resumeExperiment(id);
  }

  /** What the worker would take next. */
  next() {
    return next(this.runs, this.worker);
  }

  async finishNext(): Promise<string | null> {
    const claim = await this.next();
    if (claim) await this.runs.succeed(claim, successOf(claim));
    return claim?.jobKey ?? null;
  }

  /** The worlds of so many jobs, one after the other. */
  async order(worlds: string[], claims: number): Promise<string> {
    const seen: string[] = [];
    for (let i = 0; i < claims; i++)
      seen.push(worldOf(worlds, (await this.finishNext()) ?? undefined) ?? '-');
    return seen.join(' ');
  }
}
