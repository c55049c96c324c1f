import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient } from '@toogit/client';
import { openRuns } from '@toogit/runs';
import { freePort, startPostgres, waitFor } from '@toogit/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { secretOf } from './callers.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function start(env: Record<string, string>) {
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the service process', () => {
  it('migrates, listens, and stops on SIGTERM with 0', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'toogit-api-'));
    cleanUp.push(() => rm(directory, { recursive: true }));
    const postgres = await startPostgres();
    cleanUp.push(() => postgres.stop());
    const port = await freePort();
    const service = start({
      DATABASE_URL: postgres.url,
      TOOGIT_ARTIFACTS_DIR: directory,
      TOOGIT_PORT: String(port),
    });
    cleanUp.push(async () => service.kill('SIGKILL'));
    const complaints = text(service.stderr);
    const log = text(service.stdout);
    const exit = once(service, 'exit');

    const runs = openRuns(postgres.url);
    cleanUp.push(() => runs.close());
    const anybody = createClient(`http://127.0.0.1:${port}`);
    await waitFor(async () => (await anybody.getReadiness().catch(() => null))?.status === 'ready', 60_000);
    await expect(anybody.listExperiments()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { apiKey } = await runs.access.createKey({
      ...{ name: 'test', scope: 'submit', projectId: 'default', requestsPerMinute: null, expiresAt: null },
    });
    const client = createClient(`http://127.0.0.1:${port}`, { apiKey });
    await fetch(`http://127.0.0.1:${port}/v1/experiments?api_key=${apiKey}`, { headers: { cookie: apiKey } });
    await client.submitExperiment('study: simple-experiment\nprofile: smoke\n');
    service.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await complaints).toBe('');
    expect(await log).toContain('"url":"/v1/experiments"');
    expect(await log).not.toContain(secretOf(apiKey));
  }, 120_000);

  it('says everything that is wrong with its environment, and exits with 1', async () => {
    const service = start({ REDIS_URL: 'secret-word', TOOGIT_PORT: '99999' });
    const [complaints, [code]] = await Promise.all([text(service.stderr), once(service, 'exit')]);
    expect(code).toBe(1);
    expect(complaints).toMatch(/^CONFIG_INVALID: /);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'S3_BUCKET', 'TOOGIT_PORT'])
      expect(complaints).toContain(name);
    expect(complaints).not.toContain('secret-word');
  });
});
