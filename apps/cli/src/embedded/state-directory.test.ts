import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockStateDirectory, readHolder } from './state-directory.js';

let directory: string;
const quiet = { onWait: () => undefined, onLost: () => undefined };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'toogit-state-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('lockStateDirectory', () => {
  it('lets one in, tells the other who and where, and lets the next in after release', async () => {
    const first = await lockStateDirectory(directory, quiet);
    await first.announce('http://127.0.0.1:4321', 'postgresql://x');
    await expect(lockStateDirectory(directory, quiet)).rejects.toMatchObject({
      code: 'STATE_DIR_IN_USE',
      message: expect.stringMatching(new RegExp(`process ${process.pid} at http://127.0.0.1:4321`)),
    });
    await first.release();
    expect(await readHolder(directory)).toBeNull();
    await (await lockStateDirectory(directory, quiet)).release();
  });

  it('takes over from a process that was killed', async () => {
    const module = new URL('../../dist/embedded/state-directory.js', import.meta.url).href;
    const script = `
      const { lockStateDirectory } = await import(${JSON.stringify(module)});
      await lockStateDirectory(${JSON.stringify(directory)}, { onWait() {}, onLost() {} });
      setInterval(() => {}, 1000);
      console.log('locked');`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(holder.stdout, 'data');
    await expect(lockStateDirectory(directory, quiet)).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const waits: string[] = [];
    const taken = await lockStateDirectory(directory, { ...quiet, onWait: (message) => waits.push(message) });
    expect(waits).toHaveLength(1);
    await taken.release();
  });
});
