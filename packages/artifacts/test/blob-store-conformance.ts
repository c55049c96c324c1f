import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type BlobStore, type StoredBlob, sha256 } from '@toogit/artifacts';
import { describe, expect, it } from 'vitest';

/** A driver under test. */
export interface BlobStoreHarness {
  store: BlobStore;
  /** Changes what is stored under a digest, behind the driver's back. */
  tamper(digest: string, bytes: Uint8Array): Promise<void>;
  /** How many blobs are in quarantine. */
  quarantined(): Promise<number>;
}

type Damage = (bytes: Uint8Array) => Uint8Array;
const damages: [string, Damage][] = [
  ['changed', (bytes) => bytes.with(3, (bytes[3] ?? 0) ^ 1)],
  ['cut short', (bytes) => bytes.subarray(0, 10)],
  ['emptied', () => new Uint8Array(0)],
];

/** What every BlobStore driver does; `harness` is called once a test, when the tests run. */
export function describeBlobStore(driver: string, harness: () => BlobStoreHarness): void {
  /** Bytes that no other test stores. */
  const fresh = (size = 1000) => {
    const bytes = new Uint8Array(randomBytes(size));
    return { bytes, digest: sha256(bytes) };
  };

  describe(`${driver} blob store`, () => {
    it('is usable', async () => {
      await harness().store.check();
      await harness().store.check({ write: true });
    });

    it.each([0, 1, 5_000_000])('keeps %i bytes', async (size) => {
      const { store } = harness();
      const { bytes, digest } = fresh(size);
      await store.put(digest, bytes);
      expect(sha256(await store.get(digest))).toBe(digest);
      expect(sha256(await buffer(await store.stream(digest)))).toBe(digest);
      expect(await store.size(digest)).toBe(size);
    });

    it('takes a blob in pieces', async () => {
      const { store } = harness();
      const pieces = [fresh(10), fresh(0), fresh(1_000_000)].map(({ bytes }) => bytes);
      const digest = sha256(pieces);
      await store.put(digest, pieces);
      expect(Buffer.concat(pieces).equals(await store.get(digest))).toBe(true);
    });

    it('gives out bytes that belong to the reader', async () => {
      const { store } = harness();
      const { bytes, digest } = fresh();
      await store.put(digest, bytes);
      bytes.fill(0);
      (await store.get(digest)).fill(0);
      expect(sha256(await store.get(digest))).toBe(digest);
    });

    it('belongs to whoever claims it first, of many at once to one', async () => {
      const { store } = harness();
      const owners = await Promise.all(['a', 'b', 'c'].map((owner) => store.claim(owner)));
      expect(new Set(owners).size).toBe(1);
      expect(await store.claim('d')).toBe(owners[0]);
    });

    it('takes the same blob twice and from many writers at once', async () => {
      const { store } = harness();
      const { bytes, digest } = fresh(100_000);
      await Promise.all(Array.from({ length: 8 }, () => store.put(digest, bytes)));
      await store.put(digest, bytes);
      expect(sha256(await store.get(digest))).toBe(digest);
    });

    it('refuses bytes that do not have the digest, and stores nothing', async () => {
      const { store } = harness();
      const { digest } = fresh();
      await expect(store.put(digest, fresh().bytes)).rejects.toMatchObject({
        code: 'ARTIFACT_CORRUPT',
        digest,
      });
      expect(await store.size(digest)).toBeNull();
    });

    it('says which blob is missing', async () => {
      const { store } = harness();
      const { digest } = fresh();
      const missing = { code: 'ARTIFACT_MISSING', digest };
      await expect(store.get(digest)).rejects.toMatchObject(missing);
      await expect(store.stream(digest)).rejects.toMatchObject(missing);
      expect(await store.size(digest)).toBeNull();
      await store.quarantine(digest);
      await store.delete(digest);
    });

    it.each(['', '../../etc/passwd', 'A'.repeat(64)])('refuses the digest %j', async (digest) => {
      const { store } = harness();
      await expect(store.get(digest)).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
      await expect(store.put(digest, new Uint8Array(1))).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
    });

    it.each(damages)(
      'finds a blob that was %s, and can put it out of the way and take it again',
      async (_, damage) => {
        const { store, tamper, quarantined } = harness();
        const { bytes, digest } = fresh();
        await store.put(digest, bytes);
        await tamper(digest, damage(bytes));
        await expect(store.get(digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT', digest });

        const before = await quarantined();
        await store.quarantine(digest);
        expect(await quarantined()).toBe(before + 1);
        await expect(store.get(digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
        await store.put(digest, bytes);
        expect(sha256(await store.get(digest))).toBe(digest);
      },
    );

    it.each(damages)('streams a blob that was %s to no end', async (_, damage) => {
      const { store, tamper } = harness();
      const { bytes, digest } = fresh(300_000);
      await store.put(digest, bytes);
      await tamper(digest, damage(bytes));
      let received = 0;
      const read = async () => {
        for await (const chunk of await store.stream(digest)) received += chunk.length;
      };
      await expect(read()).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT', digest });
      expect(received).toBeLessThan(damage(bytes).length || 1);
    });

    it.each(damages)('replaces a blob that was %s', async (_, damage) => {
      const { store, tamper } = harness();
      const { bytes, digest } = fresh();
      await store.put(digest, bytes);
      await tamper(digest, damage(bytes));
      await Promise.all([store.put(digest, bytes), store.put(digest, bytes)]);
      expect(sha256(await store.get(digest))).toBe(digest);
    });

    it('lists what it holds and forgets what is deleted', async () => {
      const { store } = harness();
      const blobs = Array.from({ length: 5 }, () => fresh(10));
      for (const { digest, bytes } of blobs) await store.put(digest, bytes);
      const [gone, ...kept] = blobs.map(({ digest }) => digest);
      await store.delete(gone ?? '');
      const entries: StoredBlob[] = await Readable.from(store.list()).toArray();
      const listed = entries.map(({ digest }) => digest);
      expect(listed).toEqual(expect.arrayContaining(kept));
      expect(listed).not.toContain(gone);
      expect(new Set(listed).size).toBe(listed.length);
      const entry = entries.find(({ digest }) => digest === kept[0]);
      expect(entry?.bytes).toBe(10);
      expect(Math.abs(Date.now() - Number(entry?.modifiedAt))).toBeLessThan(60_000);
    });

    it('keeps what is quarantined until it is old', async () => {
      const { store, tamper, quarantined } = harness();
      const { bytes, digest } = fresh();
      await store.put(digest, bytes);
      await tamper(digest, fresh().bytes);
      await store.quarantine(digest);
      const before = await quarantined();
      const remove = async (then: number, dryRun: boolean) =>
        (await store.removeOrphanedUploads(new Date(then), { dryRun })).quarantined;
      expect(await remove(Date.now() - 3_600_000, false)).toBe(0);
      expect(await remove(Date.now() + 3_600_000, true)).toBe(before);
      expect(await quarantined()).toBe(before);
      expect(await remove(Date.now() + 3_600_000, false)).toBe(before);
      expect(await quarantined()).toBe(0);
    });

    it('gives a URL that anyone can fetch for a while, or none', async () => {
      const { store } = harness();
      const { bytes, digest } = fresh();
      await store.put(digest, bytes);
      const url = await store.downloadUrl(digest, 60);
      if (url === null) return;
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(digest);
    });
  });
}
