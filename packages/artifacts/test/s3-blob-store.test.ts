import { randomBytes, randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openBlobStore, sha256 } from '@toogit/artifacts';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeBlobStore } from './blob-store-conformance.js';

const endpoint = process.env.TOOGIT_TEST_S3_ENDPOINT;
const required = (process.env.TOOGIT_TEST_REQUIRE ?? '').split(',').includes('s3');

const options = {
  driver: 's3' as const,
  bucket: `toogit-test-${randomUUID()}`,
  region: process.env.TOOGIT_TEST_S3_REGION ?? 'us-east-1',
  endpoint: endpoint ?? '',
  accessKeyId: process.env.TOOGIT_TEST_S3_ACCESS_KEY_ID ?? 'test',
  secretAccessKey: process.env.TOOGIT_TEST_S3_SECRET_ACCESS_KEY ?? 'testtest',
  pathStyle: true,
};

if (!endpoint && required) {
  it('runs on a real S3 service', () => {
    throw new Error('TOOGIT_TEST_REQUIRE names s3, but TOOGIT_TEST_S3_ENDPOINT is not set');
  });
} else if (!endpoint) {
  const reason = 'TOOGIT_TEST_S3_ENDPOINT names no S3 service';
  console.warn(`S3 blob store: skipped, ${reason}`);
  it.skip(`runs on a real S3 service (${reason})`);
} else {
  const client = new S3Client({ ...options, credentials: options, forcePathStyle: true });
  const store = await openBlobStore(options);
  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: options.bucket }));
  });

  describeBlobStore('S3', () => ({
    store,
    tamper: async (digest, bytes) => {
      const Key = `blobs/${digest}`;
      await client.send(new PutObjectCommand({ Bucket: options.bucket, Key, Body: bytes }));
    },
    quarantined: async () => {
      const list = new ListObjectsV2Command({ Bucket: options.bucket, Prefix: 'quarantine/' });
      return (await client.send(list)).KeyCount ?? 0;
    },
  }));

  describe('S3 blob store', () => {
    it('uploads a large blob in parts', async () => {
      const bytes = new Uint8Array(randomBytes(70_000_000));
      const digest = sha256(bytes);
      await Promise.all([store.put(digest, bytes), store.put(digest, bytes)]);
      expect(await store.size(digest)).toBe(bytes.length);
      expect(sha256(await store.get(digest))).toBe(digest);
    });

    it.each([
      ['a bucket that is not there', { bucket: 'toogit-no-such-bucket' }],
      ['a wrong secret', { secretAccessKey: 'wrong-secret' }],
      ['an endpoint that does not answer', { endpoint: 'http://127.0.0.1:9' }],
    ])('reports %s as storage, not as missing blobs', async (_, wrong) => {
      const unusable = await openBlobStore({ ...options, ...wrong });
      const bytes = new Uint8Array(10);
      const unavailable = { code: 'STORAGE_UNAVAILABLE' };
      await expect(unusable.check()).rejects.toMatchObject(unavailable);
      await expect(unusable.put(sha256(bytes), bytes)).rejects.toMatchObject(unavailable);
      await expect(unusable.get(sha256(bytes))).rejects.toMatchObject(unavailable);
    });
  });
}
