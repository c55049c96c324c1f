import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runToogit } from './running-up.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const content = 'not for you';

let directory: string;
let server: Server;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-pull-'));
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

/** A false service: one artifact of an experiment, with a step and a part named as told. */
async function falseService(step: string, part: string): Promise<string> {
  const manifest = '{}';
  const digest = sha256(manifest);
  const parts = [{ name: part, sha256: sha256(content), bytes: 11, mediaType: 'text/plain', url: '/part' }];
  const answers: Record<string, unknown> = {
    '/v1/experiments/e/artifacts': { items: [{ digest, type: 'model', step }], nextCursor: null },
    [`/v1/artifacts/${digest}`]: { digest, type: 'model', manifestUrl: '/manifest', parts },
  };
  server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
    if (answer !== undefined)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    else response.end(request.url === '/manifest' ? manifest : content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('toogit artifacts pull from a false service', () => {
  it.each(['../../../escaped', '/tmp/escaped', '..', 'a/b', 'manifest.json', '.bashrc', 'a\\b'])(
    'refuses a part named %s',
    async (part) => {
      const url = await falseService('step', part);
      const { code, err } = await runToogit([
        'artifacts',
        'pull',
        'e',
        '--out',
        join(directory, 'out'),
        '--url',
        url,
      ]);
      expect(err).toContain('SERVICE_UNTRUSTED');
      expect(code).toBe(4);
      expect((await filesBelow(directory)).map((file) => file.split('/').at(-1))).toEqual(['manifest.json']);
    },
  );

  it.each(['../../up', '..', '/tmp/x'])('keeps a step named %s below the target', async (step) => {
    const url = await falseService(step, 'part');
    const out = join(directory, 'out');
    const { code } = await runToogit(['artifacts', 'pull', 'e', '--out', out, '--url', url]);
    expect(code).toBe(0);
    for (const file of await filesBelow(directory)) expect(file.startsWith(`${out}/`)).toBe(true);
    expect(await filesBelow(directory)).toHaveLength(2);
  });
});

describe('a file that cannot be written', () => {
  it('is named, with what to do, and is no defect', async () => {
    const url = await falseService('step', 'part');
    const { code, err } = await runToogit(['artifacts', 'pull', 'e', '--out', '/dev/null/x', '--url', url]);
    expect(err).toMatch(/FILE_UNWRITABLE {2}The directory .*\n {2}next: Choose a place/);
    expect(code).toBe(2);
  });
});
