import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { processTree, survivors } from './process-tree.js';
import { type RunningUp, runToogit, startUp } from './running-up.js';

const spec = 'study: simple-experiment\nprofile: smoke\n';
let directory: string;
let stateDir: string;
let specFile: string;
let up: RunningUp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-up-'));
  stateDir = join(directory, 'state');
  specFile = join(directory, 'spec.yaml');
  await writeFile(specFile, spec);
  up = await startUp(stateDir);
});
afterAll(async () => {
  for (const { pid } of await processTree(up.pid, stateDir)) process.kill(pid, 'SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

const cli = (...args: string[]) => runToogit([...args, '--url', up.url]);
async function experimentIds(): Promise<string[]> {
  const items = JSON.parse((await cli('list', '--json')).out) as { id: string }[];
  return items.map(({ id }) => id);
}

const isWorker = ({ command }: { command: string }) => command.includes('worker-entry');

// One service, many questions: starting it takes seconds. The order of the tests is that of its life.
describe.sequential('toogit up', () => {
  it('plans, submits, lists, cancels; a cancelled experiment is a failed one for scripts', async () => {
    const plan = await cli('plan', specFile, '--json');
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.out)).toMatchObject({ cached: 0, steps: expect.any(Array) });

    const submitted = await cli('submit', specFile);
    expect(submitted.code).toBe(0);
    const id = submitted.out.trim();
    const listed = JSON.parse((await cli('list', '--json')).out);
    expect(listed).toMatchObject([{ id, study: 'simple-experiment' }]);

    expect((await cli('prioritize', id, '-7')).out).toContain('priority -7');
    expect((await cli('pause', id)).out).toContain('running, paused');
    expect((await cli('resume', id)).out).toContain('running, priority -7');
    expect((await cli('report', id)).code).toBe(2);
    expect((await cli('cancel', id)).out).toContain('cancelled');
    const watched = await cli('watch', id);
    expect(watched.code).toBe(1);
    expect(watched.out).toContain('cancelled');
    const documents = (await cli('watch', id, '--json')).out.trim().split('\n');
    expect(JSON.parse(documents.at(-1) ?? '')).toMatchObject({ id, state: 'cancelled' });
  });

  it('refuses a misspelt key with a suggestion, and stores nothing', async () => {
    const bad = join(directory, 'bad.yaml');
    await writeFile(bad, `${spec}sed: 3\n`);
    const before = await experimentIds();
    const { code, out, err } = await cli('submit', bad);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('SPEC_INVALID');
    expect(err).toContain('sed');
    expect(err).toContain('seed');
    expect(err).not.toMatch(/^\s+at /m);
    expect(await experimentIds()).toEqual(before);
  });

  it('says that the directory is in use, by whom and where', async () => {
    const { code, err } = await runToogit(['up', '--state-dir', stateDir, '--device', 'js']);
    expect(code).toBe(2);
    expect(err).toContain('STATE_DIR_IN_USE');
    expect(err).toContain(String(up.pid));
    expect(err).toContain(up.url);
  });

  it('tells doctor how every service is', async () => {
    const { code, out } = await cli('doctor', '--json', '--device', 'js', '--state-dir', stateDir);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      engine: { running: { device: 'js' } },
      service: { url: up.url, state: 'ready', checks: { database: 'up', queue: 'up', storage: 'up' } },
      stateDir: { path: stateDir, holder: { pid: up.pid, url: up.url } },
    });
  });

  it('starts a worker that died again', async () => {
    const [worker] = (await processTree(up.pid, stateDir)).filter(isWorker);
    expect(worker).toBeDefined();
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const workers = (await processTree(up.pid, stateDir)).filter(isWorker);
        expect(workers.map(({ pid }) => pid)).not.toContain(worker?.pid);
        expect(workers).toHaveLength(1);
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(up.err()).toContain('worker ended (signal SIGKILL)');
  });

  it('starts Postgres again when it was killed', async () => {
    const servers = (await processTree(up.pid, stateDir)).filter(({ command }) =>
      /postgres -D/.test(command),
    );
    expect(servers).toHaveLength(1);
    process.kill(servers[0]?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(up.err()).toContain('Postgres is up again'), {
      timeout: 40_000,
      interval: 100,
    });
    await vi.waitFor(async () => expect((await fetch(`${up.url}/readyz`)).status).toBe(200), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await experimentIds()).toHaveLength(1);
  });

  it('killed, it leaves no worker; started again, it takes the directory over and has lost nothing', async () => {
    const tree = await processTree(up.pid, stateDir);
    const experiments = await experimentIds();
    await up.end('SIGKILL');
    await vi.waitFor(async () => expect((await survivors(tree)).filter(isWorker)).toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
    up = await startUp(stateDir);
    expect(await survivors(tree)).toEqual([]);
    expect(experiments).toHaveLength(1);
    expect(await experimentIds()).toEqual(experiments);
  });

  it('stops on Ctrl-C and leaves no process', async () => {
    const tree = await processTree(up.pid, stateDir);
    expect(tree.filter(isWorker)).toHaveLength(1);
    expect(tree.filter(({ command }) => command.includes('postgres')).length).toBeGreaterThan(1);
    expect(await up.end('SIGINT')).toBe(0);
    expect(await survivors(tree)).toEqual([]);
    expect(await processTree(up.pid, stateDir)).toEqual([]);
  });

  it('does not wait for a worker that hangs after a second Ctrl-C', async () => {
    up = await startUp(stateDir);
    const tree = await processTree(up.pid, stateDir);
    const worker = tree.find(isWorker);
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    const ended = up.end('SIGINT');
    await vi.waitFor(() => expect(up.err()).toContain('stopping:'), { timeout: 20_000, interval: 50 });
    // The same Ctrl-C may arrive twice (terminal and npm): only one after half a second counts as a second. Sent once:
    // a third would meet a process that is past its handlers.
    await setTimeout(600);
    process.kill(up.pid, 'SIGINT');
    expect(await ended).toBe(130);
    expect(up.err()).toContain('stopping at once');
    expect(await survivors(tree)).toEqual([]);
  });
});

describe('toogit without a service', () => {
  it('says how to start one and exits with 3', async () => {
    const { code, out, err } = await runToogit(['list'], { TOOGIT_URL: 'http://127.0.0.1:9' });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('API_UNREACHABLE');
    expect(err).toContain('toogit up');
  });

  it('says its version', async () => {
    expect(await runToogit(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
  });

  it.each([
    [['lst'], 'list'],
    [['up', '--port', 'http'], 'whole number'],
    [['up', '--device', 'tpu'], 'Allowed choices'],
    [['plan'], 'spec'],
    [['plan', 'missing.yaml'], 'no such file'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await runToogit(args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });
});
