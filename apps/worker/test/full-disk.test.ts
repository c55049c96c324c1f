import { join } from 'node:path';
import { fillDisk, mountDisk, waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadlineMs, experiment, TestEnvironment } from './test-environment.js';

const disk = await mountDisk(64 * 1024 * 1024);
if (disk === null) it.skip('(needs to mount a file system)');
else {
  let environment: TestEnvironment;
  beforeAll(async () => {
    environment = await TestEnvironment.open(join(disk.directory, 'artifacts'));
  }, deadlineMs);
  afterAll(async () => {
    await environment.close();
    await disk.unmount();
  });

  it(
    'on a full disk one attempt fails, its job waits for the storage, and both go on when there is space',
    async () => {
      const graph = experiment();
      const id = await environment.submit(graph);
      const { free } = await fillDisk(disk.directory);
      await environment.startWorker();
      await waitFor(async () => (await environment.jobOf(graph.model)).waitingFor === 'storage', deadlineMs);
      const [worker] = await environment.runs.listWorkers();
      expect(worker).toMatchObject({ storageError: 'STORAGE_FULL', running: 0 });

      // For as long as several attempts took before.
      const since = Date.parse(worker?.heartbeatAt ?? '');
      await waitFor(async () => {
        const [present] = await environment.runs.listWorkers();
        return Date.parse(present?.heartbeatAt ?? '') - since > 15_000;
      }, deadlineMs);
      const failed = { outcome: 'failed', error: { code: 'STORAGE_FULL' } };
      expect((await environment.jobOf(graph.model)).attempts).toMatchObject([failed]);

      await free();
      expect(Object.keys(await environment.digests(id))).toHaveLength(graph.all.length);
      expect((await environment.jobOf(graph.model)).attempts).toMatchObject([
        failed,
        { outcome: 'succeeded' },
      ]);
    },
    2 * deadlineMs,
  );
}
