import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobResult } from '@toogit/catalogue';
import { waitFor } from '@toogit/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadlineMs, experiment, TestEnvironment } from './test-environment.js';

let environment: TestEnvironment;

beforeEach(async () => {
  environment = await TestEnvironment.open();
});

afterEach(async () => {
  await environment.close();
});

describe('a model that is lost and trained again on a machine with more threads', () => {
  it('is the same model to every result: white-box stays white-box, half an attack stays half', {
    timeout: 2 * deadlineMs,
  }, async () => {
    const { data, model, blocks, evaluation, all } = experiment({ epochs: 4 });
    const [first] = blocks;
    if (!first) throw new Error('an attack of two blocks');
    const before = environment.startWorkerProcess('one-thread', { TOOGIT_THREADS: '1' });
    const half = await environment.digests(await environment.submit({ data, all: [data, model, first] }));
    const exited = new Promise((resolve) => before.once('exit', resolve));
    before.kill('SIGTERM');
    await exited;

    const digest = half[model.key] ?? '';
    for (const { sha256 } of (await environment.artifacts.readManifest(digest)).parts) {
      await rm(join(environment.directory, 'blobs', sha256.slice(0, 2), sha256));
    }
    // Other kernels add in another order, as another device does; two threads alone may not, for so small a model.
    environment.startWorkerProcess('two-threads', { TOOGIT_THREADS: '2', TF_ENABLE_ONEDNN_OPTS: '0' });
    const whole = await environment.digests(await environment.submit({ data, all }), 2 * deadlineMs);
    await waitFor(async () => (await environment.jobOf(model)).state === 'succeeded', deadlineMs);

    expect(whole[model.key]).not.toBe(digest);
    expect(whole[first.key]).toBe(half[first.key]);
    const { adversarial } = (await environment.jobOf(evaluation)).result as JobResult<'evaluate'>;
    expect(adversarial).toMatchObject({ whiteBox: true, sourceModel: model.key, robust: { n: 96 } });
  });
});
