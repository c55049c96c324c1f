import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@toogit/runs/embedded';
import { freePort, waitFor } from '@toogit/testkit';
import {
  authorization,
  end,
  fill,
  launch,
  newDatabase,
  script,
  startApi,
  startWithinMs,
} from './api-process.js';

/** An HTTP service that is measured. */
export interface Rival {
  url: string;
  headers: Record<string, string>;
}

export interface ApiServices {
  ours: Rival;
  bare: Rival;
  stop(): Promise<void>;
}

/**
 * Our API and the bare service, each a process of its own over one durable Postgres (what is committed is on the disk),
 * where each has a database with `stored` experiments of one finished job.
 */
export async function startApiServices(stored: number): Promise<ApiServices> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'toogit-bench-api-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({ directory });
    closers.push(() => postgres.stop());
    const [ourUrl, bareUrl] = [
      await newDatabase(postgres.url, 'ours'),
      await newDatabase(postgres.url, 'bare'),
    ];
    for (const url of [ourUrl, bareUrl]) await fill(url, stored);
    const url = await startApi(ourUrl, join(directory, 'artifacts'), closers);
    const ours = { url: `${url}/v1/experiments`, headers: await authorization(ourUrl, 'default') };
    const bare = await startBare(bareUrl, closers);
    return { ours, bare, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startBare(databaseUrl: string, closers: (() => Promise<unknown>)[]): Promise<Rival> {
  const port = String(await freePort());
  const service = launch([script('bench/peer/bare-api.mjs'), port, databaseUrl], {});
  closers.push(() => end(service));
  const url = `http://127.0.0.1:${port}/experiments`;
  await waitFor(async () => (await fetch(`${url}?limit=1`)).ok, startWithinMs);
  return { url, headers: {} };
}
