import { join } from 'node:path';
import { fillDisk, mountDisk, waitFor } from '@toogit/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadlineMs, experiment, House } from './house.js';

const disk = await mountDisk(64 * 1024 * 1024);
if (disk === null) it.skip('(needs to mount a file system)');
else {
  let house: House;
  beforeAll(async () => {
    house = await House.open(join(disk.directory, 'artifacts'));
  }, deadlineMs);
  afterAll(async () => {
    await house.close();
    await disk.unmount();
  });

  it(
    'on a full disk one attempt fails, its job waits for the storage, and both go on when there is space',
    async () => {
      const graph = experiment();
      const id = await house.submit(graph);
      const { free } = await fillDisk(disk.directory);
      await house.startWorker();
      await waitFor(async () => (await house.jobOf(graph.model)).waitingFor === 'storage', deadlineMs);
      const [worker] = await house.runs.listWorkers();
      expect(worker).toMatchObject({ storageError: 'STORAGE_FULL', running: 0 });

      // For as long as several attempts took before.
      const since = Date.parse(worker?.heartbeatAt ?? '');
      await waitFor(async () => {
        const [present] = await house.runs.listWorkers();
        return Date.parse(present?.heartbeatAt ?? '') - since > 15_000;
      }, deadlineMs);
      const failed = { outcome: 'failed', error: { code: 'STORAGE_FULL' } };
      expect((await house.jobOf(graph.model)).attempts).toMatchObject([failed]);

      await free();
      expect(Object.keys(await house.digests(id))).toHaveLength(graph.all.length);
      expect((await house.jobOf(graph.model)).attempts).toMatchObject([failed, { outcome: 'succeeded' }]);
    },
    2 * deadlineMs,
  );
}
