import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processTree } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

const withoutService = { DATABASE_URL: '', REDIS_URL: '', S3_BUCKET: '', TOOGIT_ARTIFACTS_DIR: '' };
let directory: string;
let state: string;
let up: RunningUp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-beside-'));
  state = join(directory, 'state');
  up = await startUp(state);
});
afterAll(async () => {
  await up.end('SIGTERM');
  for (const { pid } of await processTree(up.pid, directory)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const cli = (...args: string[]) => runToogit([...args, '--url', up.url], withoutService);

async function submit(name: string): Promise<string> {
  const spec = { name, steps: { a: { kind: 'theory', dimensions: [2], epsilons: [0.5] } } };
  await writeFile(join(directory, 'spec.json'), JSON.stringify(spec));
  const { code, out, err } = await cli('submit', join(directory, 'spec.json'));
  expect(code, err).toBe(0);
  return out.trim();
}

describe('beside `toogit up`', () => {
  it.each([
    ['gc', '--dry-run'],
    ['reconcile', '--dry-run'],
  ])('%s works on its state directory', async (command, option) => {
    const { code, err } = await cli(command, option, '--state-dir', state);
    expect(code, err).toBe(0);
  });

  it.each(['gc', 'reconcile'])('%s names what is missing where no service is', async (command) => {
    const { code, err } = await cli(command, '--state-dir', join(directory, 'nobody'));
    expect(code).toBe(2);
    expect(err).toMatch(/STATE_DIR_IDLE .*nobody/);
  });

  it('list names what it leaves out, and pages through all; delete forgets one', async () => {
    const ids = [await submit('café'), await submit('实验'), await submit('robust 8/255')];
    for (const id of ids) expect((await cli('watch', id)).code).toBe(0);
    const two = await cli('list', '--limit', '2');
    expect(two.out.split('\n').filter(Boolean)).toHaveLength(3);
    expect(two.err).toContain('--all');
    const all = await cli('list', '--all', '--json');
    expect(JSON.parse(all.out).map(({ name }: { name: string }) => name)).toEqual([
      'robust 8/255',
      '实验',
      'café',
    ]);
    expect(all.err).toBe('');

    expect((await cli('delete', ids[0] ?? '')).out).toContain('deleted');
    expect(JSON.parse((await cli('list', '--all', '--json')).out)).toHaveLength(2);
    expect((await cli('delete', ids[0] ?? '')).err).toMatch(/NOT_FOUND/);
  });

  it('a misspelt figure is answered with the one that is meant', async () => {
    const { code, err } = await cli('dashboard', 'acuracy');
    expect(code).toBe(2);
    expect(err).toContain('accuracy');
  });
});
