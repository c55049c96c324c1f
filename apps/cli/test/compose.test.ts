import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Job } from '@toogit/client';
import { freePort } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToogit } from './running-up.js';

const minutes = 60_000;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const project = `toogit-test-${process.pid}`;
const env: NodeJS.ProcessEnv = { ...process.env, TOOGIT_THREADS: '1' };
for (const name of ['POSTGRES_PORT', 'REDIS_PORT', 'S3_PORT', 'TOOGIT_PORT'])
  env[name] = String(await freePort());

async function docker(args: string[], timeout: number): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { cwd: root, env, timeout });
  return stdout.trim();
}

const compose = (...args: string[]) => docker(['compose', '--project-name', project, ...args], 5 * minutes);

/** Asked in this order; each answers at once, also where there is no Docker. */
async function whatIsMissing(): Promise<string | null> {
  const needs: [string, string[]][] = [
    ['a Docker that answers', ['version', '--format', '{{.Server.Version}}']],
    ['docker compose', ['compose', 'version']],
    ['images: `docker compose build`', ['image', 'inspect', 'toogit/api', 'toogit/migrate', 'toogit/worker']],
  ];
  for (const [what, args] of needs) {
    if ((await docker(args, 10_000).catch(() => null)) === null) return what;
  }
  return null;
}

const missing = await whatIsMissing();

/** docker-compose.yml as it is, but for its ports. The images are those of the last `docker compose build`. */
describe.skipIf(missing)(`docker compose${missing ? ` (needs ${missing})` : ''}`, () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toogit-compose-'));
    await compose('up', '--wait', '--no-build', '--scale', 'worker=2');
  }, 5 * minutes);
  afterAll(async () => {
    await compose('down', '--volumes', '--remove-orphans');
    await rm(directory, { recursive: true, force: true });
  }, 2 * minutes);

  it('takes no settings of npm along, nor variables of an environment', { timeout: minutes }, async () => {
    for (const service of ['api', 'worker'])
      expect(
        await compose(
          'exec',
          '-T',
          service,
          'find',
          '/app',
          '-name',
          '.npmrc',
          '-o',
          '-name',
          '.env*',
          '-not',
          '-path',
          '*/node_modules/*',
        ),
      ).toBe('');
  });

  it('computes an experiment with two workers', { timeout: 5 * minutes }, async () => {
    const url = `http://127.0.0.1:${env.TOOGIT_PORT}`;
    const admin = await compose('exec', '-T', 'api', 'toogit', 'keys', 'create', '--admin');
    const made = await toogit(admin, 'keys', 'create', '--project', 'default', '--scope', 'submit');
    const key = made.out.trim();
    const spec = join(directory, 'spec.yaml');
    await writeFile(spec, 'study: gaussian\nprofile: smoke\nmatrix: { conditionNumber: [4, 16, 64, 256] }\n');

    const submitted = await toogit(key, 'submit', spec);
    expect(submitted.code, submitted.err).toBe(0);
    const id = submitted.out.trim();
    const watched = await toogit(key, 'watch', id);
    expect(watched.code, watched.err).toBe(0);
    const report = await toogit(key, 'report', id, '--json');
    expect(JSON.parse(report.out)).toMatchObject({ study: 'gaussian', profile: 'smoke' });
    const pulled = await toogit(key, 'artifacts', 'pull', id, '--out', join(directory, 'data'));
    expect(pulled.code, pulled.err).toBe(0);
    const answer = await fetch(`${url}/v1/experiments/${id}/jobs?limit=200`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { items } = (await answer.json()) as { items: Job[] };
    expect(new Set(items.flatMap((job) => job.attempts.map(({ workerId }) => workerId))).size).toBe(2);

    function toogit(apiKey: string, ...args: string[]) {
      return runToogit([...args, '--url', url], { TOOGIT_API_KEY: apiKey });
    }
  });
});
