import { setTimeout as delay } from 'node:timers/promises';
import { fillDisk } from '@toogit/testkit';
import { type Fault, outageMs } from './fault.js';

/** The store's disk is full for 30 s. */
export const fullDisk: Fault = {
  target: 'disk',
  strike: async ({ cluster, note, signal }) => {
    const { disk } = cluster.store;
    if (disk === null) throw new Error('blobs have no file system of their own here');
    const { bytes, free } = await fillDisk(disk);
    try {
      note(`${bytes} bytes were free`);
      await delay(outageMs, undefined, { signal });
    } finally {
      await free();
    }
  },
};
