import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, outageMs } from './fault.js';

const chunk = new Uint8Array(64 * 1024);

/** The store's disk is full for 30 s. */
export const fullDisk: Fault = {
  target: 'disk',
  strike: async ({ cluster, say, signal }) => {
    const { disk } = cluster.store;
    if (disk === null) throw new Error('blobs have no file system of their own here');
    const filler = join(disk, 'filler');
    try {
      say(`${await fill(filler)} bytes were free`);
      await delay(outageMs, undefined, { signal });
    } finally {
      await rm(filler, { force: true });
    }
  },
};

/** Until nothing more fits. */
async function fill(path: string): Promise<number> {
  const file = await open(path, 'w');
  try {
    for (let written = 0; ; ) {
      const { bytesWritten } = await file.write(chunk).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
        return { bytesWritten: 0 };
      });
      if (bytesWritten === 0) return written;
      written += bytesWritten;
    }
  } finally {
    await file.close();
  }
}
