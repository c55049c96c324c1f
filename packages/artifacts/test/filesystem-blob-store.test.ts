import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openBlobStore, sha256 } from '@toogit/artifacts';
import { mountDisk } from '@toogit/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { describeBlobStore } from './blob-store-conformance.js';

const root = await mkdtemp(join(tmpdir(), 'toogit-blobs-'));
const store = await openBlobStore({ driver: 'filesystem', directory: root });
afterAll(() => rm(root, { recursive: true }));

describeBlobStore('filesystem', () => ({
  store,
  tamper: (digest, bytes) => writeFile(join(root, 'blobs', digest.slice(0, 2), digest), bytes),
  quarantined: async () => (await readdir(join(root, 'quarantine')).catch(() => [])).length,
}));

/** Writes blobs without end into the directory given, printing a line after each. */
const endlessWriter = `
  const { FilesystemBlobStore, sha256 } = await import('@toogit/artifacts');
  const store = new FilesystemBlobStore(process.argv[1]);
  for (let i = 0; ; i++) {
    const bytes = new Uint8Array(4_000_000).fill(i);
    new DataView(bytes.buffer).setUint32(0, i);
    await store.put(sha256(bytes), bytes);
    console.log(i);
  }`;

describe('filesystem blob store', () => {
  it('holds only whole blobs after its writer was killed', async () => {
    const directory = join(root, 'killed');
    const writer = spawn(process.execPath, ['--input-type=module', '-e', endlessWriter, directory], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for (let lines = 0; lines < 5; ) {
      const [chunk] = await once(writer.stdout, 'data');
      lines += String(chunk).split('\n').length - 1;
    }
    writer.kill('SIGKILL');
    await once(writer, 'exit');

    const left = await openBlobStore({ driver: 'filesystem', directory });
    const digests = (await Readable.from(left.list()).toArray()).map(({ digest }) => digest);
    expect(digests.length).toBeGreaterThanOrEqual(5);
    for (const digest of digests) expect(sha256(await left.get(digest))).toBe(digest);
  });

  it('clears away what was abandoned more than a day ago, and nothing younger', async () => {
    const incoming = join(root, 'abandoned', 'incoming');
    await mkdir(incoming, { recursive: true });
    await writeFile(join(incoming, 'old'), '');
    await writeFile(join(incoming, 'new'), '');
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    await utimes(join(incoming, 'old'), twoDaysAgo, twoDaysAgo);
    await (await openBlobStore({ driver: 'filesystem', directory: join(root, 'abandoned') })).check({
      write: true,
    });
    expect(await readdir(incoming)).toEqual(['new']);
  });

  it('says when its directory cannot be used', async () => {
    await writeFile(join(root, 'a-file'), '');
    const blocked = await openBlobStore({ driver: 'filesystem', directory: join(root, 'a-file') });
    const bytes = new Uint8Array(1);
    await expect(blocked.check()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    await expect(blocked.put(sha256(bytes), bytes)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });

  it('refuses on a full disk, leaving nothing behind, and its check fails before nothing at all fits', async ({
    skip,
  }) => {
    const disk = await mountDisk(32 * 1024 * 1024);
    if (disk === null) return skip('needs to mount a file system');
    const small = await openBlobStore({ driver: 'filesystem', directory: join(disk.directory, 'blobs') });
    const bytes = new Uint8Array(20 * 1024 * 1024);
    await small.check();
    await small.put(sha256(bytes), bytes);
    await expect(small.check()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    const more = bytes.map(() => 1);
    await expect(small.put(sha256(more), more)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await small.delete(sha256(bytes));
    await small.put(sha256(more), more);
    await disk.unmount();
  });
});
