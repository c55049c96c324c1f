import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openRuns } from '@toogit/runs';
import { startEmbeddedPostgres } from '@toogit/runs/embedded';
import { authorization, fill, newDatabase, startApi } from './api-process.js';
import { nearlyTheLargestSpec } from './queue/plan.js';

export interface Tenants {
  /** A request of the tenant that is measured. Rejects unless it is answered with 200. */
  get(path: string): Promise<void>;
  /** A spec of 98,002 jobs from the other tenant; each number has jobs of its own. */
  post(path: string, number: number): Promise<void>;
  stop(): Promise<void>;
}

const stored = 1_000;
const noLimits = {
  ...{ maxRunningExperiments: null, maxOpenJobs: null, maxStoredBytes: null, maxRunningJobs: null },
  ...{ maxStartsPerMinute: null, maxJobDurationMs: null, share: 1 },
};

/** Our API as a process of its own over a durable Postgres and Redis, and two projects, one with experiments that have ended. */
export async function startTenants(): Promise<Tenants> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-tenants-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({ directory });
    closers.push(() => postgres.stop());
    const databaseUrl = await newDatabase(postgres.url, 'tenants');
    const runs = openRuns(databaseUrl);
    for (const id of ['small', 'large']) await runs.access.createProject(id, noLimits);
    await runs.close();
    await fill(databaseUrl, stored, 'small');
    const url = await startApi(databaseUrl, join(directory, 'artifacts'), closers);
    const [small, large] = [
      await authorization(databaseUrl, 'small'),
      await authorization(databaseUrl, 'large'),
    ];
    const agent = new Agent({ keepAlive: true });
    closers.push(async () => agent.destroy());
    const type = { 'content-type': 'application/json' };
    return {
      get: (path) => send(agent, `${url}${path}`, { method: 'GET', headers: small }),
      post: (path, number) => {
        const body = JSON.stringify({ ...nearlyTheLargestSpec, seed: number });
        return send(agent, `${url}${path}`, { method: 'POST', headers: { ...large, ...type } }, body);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Bare `node:http`, since the measuring process should cost little. */
function send(
  agent: Agent,
  url: string,
  options: { method: string; headers: Record<string, string> },
  body?: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, ...options }, (response) => {
      text(response).then((answer) => {
        const { statusCode = 0 } = response;
        if (statusCode < 300) resolve();
        else reject(new Error(`${options.method} ${url}: ${statusCode} ${answer}`));
      }, reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
