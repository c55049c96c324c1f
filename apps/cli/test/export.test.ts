import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { processTree } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

const spec = { profile: 'smoke', study: 'gaussian', overrides: { dimensions: [2], epsilons: [0.5] } };
let directory: string;
let up: RunningUp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-export-'));
  up = await startUp(join(directory, 'state'));
});
afterAll(async () => {
  await up.end('SIGTERM');
  for (const { pid } of await processTree(up.pid, directory)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('toogit export', () => {
  it('writes spec, report, figures and what computed them', async () => {
    const cli = (...args: string[]) => runToogit([...args, '--url', up.url]);
    await writeFile(join(directory, 'spec.yaml'), JSON.stringify(spec));
    const id = (await cli('submit', join(directory, 'spec.yaml'))).out.trim();
    expect((await cli('watch', id)).code).toBe(0);

    const out = join(directory, 'results');
    const exported = await cli('export', id, '--out', out, '--json');
    expect(exported.code, exported.err).toBe(0);
    const files = await readdir(out);
    expect(files.sort()).toEqual([
      'provenance.json',
      'report.html',
      'report.json',
      'report.txt',
      'spec.yaml',
      'theory.csv',
      'theory.svg',
    ]);
    expect(JSON.parse(exported.out).sort()).toEqual(files.map((file) => join(out, file)));

    const read = (file: string) => readFile(join(out, file), 'utf8');
    expect(JSON.stringify(parse(await read('spec.yaml')))).toBe(JSON.stringify(spec));
    expect(await read('report.html')).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(await read('report.json'))).toMatchObject({ study: 'gaussian', profile: 'smoke' });
    expect(await read('theory.svg')).toMatch(/^<svg /);
    expect((await read('theory.csv')).split('\n')[1]).toContain(id);
    expect(JSON.parse(await read('provenance.json'))).toMatchObject({
      experiment: { id },
      kinds: { theory: { jobs: 1 }, report: { jobs: 1 } },
      machines: [{ node: process.version, cpu: expect.any(String), jobs: 2 }],
    });
  });
});
