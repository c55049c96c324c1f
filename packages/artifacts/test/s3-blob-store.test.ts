import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { openBlobStore, sha256 } from '@toogit/artifacts';
import { startS3 } from '@toogit/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBlobStore } from './blob-store-conformance.js';

const service = await startS3();
if (!service) {
  it.skip('runs on a real S3 service (needs Docker or the program versitygw)');
} else {
  afterAll(() => service.stop());
  const options = {
    driver: 's3' as const,
    bucket: `toogit-test-${randomUUID()}`,
    region: service.region,
    endpoint: service.endpoint,
    accessKeyId: service.accessKeyId,
    secretAccessKey: service.secretAccessKey,
    pathStyle: true,
    caFile: null,
  };
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

  const uploads = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }))).Uploads ?? [];

  describe('S3 blob store', () => {
    it('keeps to its prefix: stores of one bucket see nothing of each other', async () => {
      const [one, two] = await Promise.all(
        ['one/', 'two/deep/'].map((prefix) => openBlobStore({ ...options, prefix })),
      );
      if (!one || !two) throw new Error('not opened');
      const bytes = new Uint8Array(randomBytes(100));
      const digest = sha256(bytes);
      await one.put(digest, bytes);
      const listed = async (which: typeof one) => {
        const digests = [];
        for await (const blob of which.list()) digests.push(blob.digest);
        return digests;
      };
      expect([await listed(one), await listed(two)]).toEqual([[digest], []]);
      expect([await two.size(digest), await store.size(digest)]).toEqual([null, null]);
      await two.check({ write: true });
      expect([await one.claim('a'), await two.claim('b')]).toEqual(['a', 'b']);
      const downloaded = await (await fetch((await one.downloadUrl(digest, 60)) ?? '')).arrayBuffer();
      expect(new Uint8Array(downloaded)).toEqual(bytes);

      await one.quarantine(digest);
      const soon = new Date(Date.now() + 60_000);
      expect(await two.removeOrphanedUploads(soon, { dryRun: false })).toMatchObject({ quarantined: 0 });
      expect(await one.removeOrphanedUploads(soon, { dryRun: false })).toMatchObject({ quarantined: 1 });
    });

    it('uploads a large blob in parts, once, and leaves no upload behind', async () => {
      const bytes = new Uint8Array(randomBytes(140_000_000));
      const digest = sha256(bytes);
      await Promise.all([store.put(digest, bytes), store.put(digest, bytes)]);
      expect(await store.size(digest)).toBe(bytes.length);
      expect(sha256(await store.get(digest))).toBe(digest);
      expect(await uploads()).toEqual([]);
    });

    it('stores the sha256 as the checksum of a blob', async () => {
      const bytes = new Uint8Array(randomBytes(100));
      const digest = sha256(bytes);
      await store.put(digest, bytes);
      const attributes = await client.send(
        new GetObjectAttributesCommand({
          ...{ Bucket: options.bucket, Key: `blobs/${digest}`, ObjectAttributes: ['Checksum'] },
        }),
      );
      expect(attributes.Checksum?.ChecksumSHA256).toBe(Buffer.from(digest, 'hex').toString('base64'));
    });

    it('clears away uploads that were never finished', async () => {
      const Key = `blobs/${sha256(randomBytes(8))}`;
      await client.send(new CreateMultipartUploadCommand({ Bucket: options.bucket, Key }));
      const soon = new Date(Date.now() + 60_000);
      expect((await store.removeOrphanedUploads(new Date(0), { dryRun: false })).uploads).toBe(0);
      expect((await store.removeOrphanedUploads(soon, { dryRun: true })).uploads).toBe(1);
      expect(await uploads()).toHaveLength(1);
      expect((await store.removeOrphanedUploads(soon, { dryRun: false })).uploads).toBe(1);
      expect(await uploads()).toEqual([]);
    });

    it('addresses buckets by path or by host, and signs for its region', async () => {
      const digest = sha256(new Uint8Array(1));
      const url = async (more: object) => {
        const other = await openBlobStore({ ...options, endpoint: 'https://s3.example', ...more });
        return new URL((await other.downloadUrl(digest, 60)) ?? '');
      };
      const byPath = await url({ region: 'eu-west-1' });
      expect(byPath.host).toBe('s3.example');
      expect(byPath.pathname).toBe(`/${options.bucket}/blobs/${digest}`);
      expect(byPath.searchParams.get('X-Amz-Credential')).toContain('/eu-west-1/s3/');
      const byHost = await url({ pathStyle: false });
      expect(byHost.host).toBe(`${options.bucket}.s3.example`);
      expect(byHost.pathname).toBe(`/blobs/${digest}`);
      const fromOutside = await url({ publicEndpoint: 'https://files.example' });
      expect(fromOutside.host).toBe('files.example');
    });
  });

  describe('S3 that cannot be used', () => {
    it.each([
      ['a bucket that is not there', { bucket: 'toogit-no-such-bucket' }, 'STORAGE_BUCKET_MISSING'],
      ['a wrong secret', { secretAccessKey: 'wrong-secret' }, 'STORAGE_DENIED'],
      ['an unknown key', { accessKeyId: 'nobody' }, 'STORAGE_DENIED'],
      ['an endpoint that does not answer', { endpoint: 'http://127.0.0.1:9' }, 'STORAGE_UNAVAILABLE'],
    ])('reports %s as storage, not as missing blobs', async (_, wrong, code) => {
      const unusable = await openBlobStore({ ...options, ...wrong });
      const bytes = new Uint8Array(10);
      await expect(unusable.check()).rejects.toMatchObject({ code });
      await expect(unusable.put(sha256(bytes), bytes)).rejects.toMatchObject({ code });
      await expect(unusable.get(sha256(bytes))).rejects.toMatchObject({ code });
    });

    it('writes and deletes a probe, and says when it may not', async () => {
      await store.check({ write: true });
      const list = new ListObjectsV2Command({ Bucket: options.bucket, Prefix: 'probe/' });
      expect((await client.send(list)).KeyCount).toBe(0);

      const readOnly = await answering(403, 'AccessDenied', ({ method }) => method === 'PUT');
      const refused = await openBlobStore({ ...options, endpoint: readOnly.endpoint });
      await refused.check();
      await expect(refused.check({ write: true })).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' });
      readOnly.close();
    });

    it('tells a full store from one that is away', async () => {
      const full = await answering(507, 'InsufficientStorage', ({ method }) => method === 'PUT');
      const refused = await openBlobStore({ ...options, endpoint: full.endpoint });
      const bytes = new Uint8Array(randomBytes(10));
      await expect(refused.check({ write: true })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      await expect(refused.put(sha256(bytes), bytes)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      full.close();
    });

    it('says that a clock is wrong', async () => {
      const server = await answering(403, 'RequestTimeTooSkewed', () => true);
      const skewed = await openBlobStore({ ...options, endpoint: server.endpoint });
      await expect(skewed.check()).rejects.toMatchObject({ code: 'STORAGE_CLOCK_SKEW' });
      server.close();
    });

    it('gives up on a service that fails, after a few tries', async () => {
      let requests = 0;
      const server = await answering(503, 'SlowDown', () => ++requests > 0);
      const failing = await openBlobStore({ ...options, endpoint: server.endpoint });
      await expect(failing.check()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
      expect(requests).toBe(4);
      const bytes = new Uint8Array(10);
      await expect(failing.put(sha256(bytes), bytes)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
      expect(requests).toBe(8);
      server.close();
    });

    it('leaves no upload behind when one breaks off', async () => {
      const log: string[] = [];
      const server = await answering(400, 'InvalidPart', ({ method, url }) => {
        log.push(`${method} ${url.includes('uploads') ? 'begin' : url.includes('uploadId') ? 'part' : ''}`);
        return method === 'PUT';
      });
      const breaking = await openBlobStore({ ...options, endpoint: server.endpoint });
      const bytes = new Uint8Array(randomBytes(140_000_000));
      await expect(breaking.put(sha256(bytes), bytes)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
      expect(log.at(-1)).toBe('DELETE part');
      server.close();
    });
  });

  describe('S3 over TLS', () => {
    it('trusts the authority in caFile and no unknown one', async (context) => {
      const directory = await mkdtemp(join(tmpdir(), 'toogit-tls-'));
      const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', certFile];
      execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, ...subject], { stdio: 'ignore' });
      const secure = await startS3({ certificate: { keyFile, certFile } });
      if (!secure) return context.skip('TLS needs the program versitygw');
      const known = await openBlobStore({ ...options, endpoint: secure.endpoint, caFile: certFile });
      // The bucket is not on this service: that much can be heard only over a trusted connection.
      await expect(known.check()).rejects.toMatchObject({ code: 'STORAGE_BUCKET_MISSING' });
      const stranger = await openBlobStore({ ...options, endpoint: secure.endpoint });
      await expect(stranger.check()).rejects.toMatchObject({ code: 'STORAGE_UNTRUSTED' });
      await secure.stop();
      await rm(directory, { recursive: true });
    });

    it('says that the CA file cannot be read', async () => {
      await expect(openBlobStore({ ...options, caFile: '/nowhere/ca.pem' })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    });
  });
}

/** An S3 service that answers what `when` picks with an error, all else as if it had succeeded. */
async function answering(
  status: number,
  code: string,
  when: (request: { method: string; url: string }) => boolean,
): Promise<{ endpoint: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { method = '', url = '' } = request;
      if (when({ method, url })) {
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
      } else if (method === 'HEAD') response.writeHead(404).end();
      else response.writeHead(200).end(okBodies[method] ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

const okBodies: Record<string, string> = {
  GET: '<ListBucketResult></ListBucketResult>',
  POST: '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>',
};
