import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ToogitError } from '@toogit/core';
import { type BlobContent, contentLength, joined, pieces } from './blob-content.js';
import type { BlobStore, Remnants, StoredBlob } from './blob-store.js';
import { readBody } from './read-body.js';
import { openS3Client, retrying, type S3Options, signedWith } from './s3-client.js';
import { httpStatus, isDigestMismatch, isNoSuchKey, s3Error } from './s3-error.js';
import { claimObject } from './s3-owner.js';
import { assertBytes, assertDigest, corruptBlob, isDigest, missingBlob } from './sha256.js';
import { isIntact, verifiedStream } from './verified-stream.js';

const multipartFromBytes = 128 * 1024 * 1024;
const partBytes = 32 * 1024 * 1024;

interface Condition {
  IfNoneMatch?: '*';
}
type Target = Condition & { Bucket: string; Key: string };

/** Blobs as objects `<prefix>blobs/<sha256>` of one bucket; `<prefix>quarantine/` keeps what was found corrupt. */
export class S3BlobStore implements BlobStore {
  private readonly client: S3Client;
  /** Signs download URLs; sends nothing. */
  private readonly publicClient: S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  constructor(private readonly options: S3Options) {
    this.bucket = options.bucket;
    this.prefix = options.prefix ?? '';
    this.client = openS3Client(options);
    const { publicEndpoint } = options;
    this.publicClient = publicEndpoint ? openS3Client({ ...options, endpoint: publicEndpoint }) : this.client;
  }

  /** The service compares the bytes with the digest, so they are hashed neither here nor by the client. */
  async put(digest: string, content: BlobContent): Promise<void> {
    const length = contentLength(content);
    // A large blob is not sent only to hear at the end that it is there.
    if (length >= multipartFromBytes && (await this.holdsIntact(digest, length))) return;
    if (await this.wasWritten(digest, content, { IfNoneMatch: '*' })) return;
    if (!(await this.holdsIntact(digest, length))) await this.wasWritten(digest, content, {});
  }

  /** False if something is stored there already, and that was the condition. */
  private async wasWritten(digest: string, content: BlobContent, condition: Condition): Promise<boolean> {
    const write = contentLength(content) >= multipartFromBytes ? this.putInParts : this.putWhole;
    try {
      await write.call(this, content, { ...this.object(digest), ...condition }, digest);
      return true;
    } catch (error) {
      // Another writer was there first (412), or is writing the same bytes at this moment (409).
      const status = httpStatus(error);
      if (status === 412 || (status === 409 && (await this.size(digest)) !== null)) return false;
      if (isDigestMismatch(error)) throw corruptBlob(digest, 'another one', error);
      throw this.coded(error, digest);
    }
  }

  private async putWhole(content: BlobContent, target: Target, digest: string): Promise<void> {
    const object = { ...target, ContentLength: contentLength(content) };
    const ChecksumSHA256 = Buffer.from(digest, 'hex').toString('base64');
    await retrying(() => {
      const Body = Readable.from(pieces(content), { objectMode: false });
      const command = new PutObjectCommand({ ...object, Body, ChecksumSHA256 });
      return this.client.send(signedWith(command, digest));
    });
  }

  /** Parts carry their own checksums. If anything fails, the upload is aborted and leaves nothing behind. */
  private async putInParts(content: BlobContent, target: Target, digest: string): Promise<void> {
    const Body = joined(content);
    assertBytes(digest, Body);
    const params = { ...target, Body, ChecksumAlgorithm: 'SHA256' as const };
    await new Upload({ client: this.client, params, partSize: partBytes }).done();
  }

  /** The service's own checksum saves reading, where there is one. */
  private async holdsIntact(digest: string, length: number): Promise<boolean> {
    const head = await this.head(digest);
    if (head?.ContentLength !== length) return false;
    if (head.ChecksumSHA256 === Buffer.from(digest, 'hex').toString('base64')) return true;
    return isIntact(this, digest);
  }

  async get(digest: string): Promise<Uint8Array> {
    const hash = createHash('sha256');
    const bytes = await this.download(digest, (chunk) => hash.update(chunk));
    const actual = hash.digest('hex');
    if (actual !== digest) throw corruptBlob(digest, actual);
    return bytes;
  }

  async stream(digest: string): Promise<Readable> {
    return verifiedStream((await this.open(digest)).body, digest);
  }

  async size(digest: string): Promise<number | null> {
    const head = await this.head(digest);
    if (head === null) return null;
    if (head.ContentLength !== undefined) return head.ContentLength;
    throw this.coded(new Error('the answer has no Content-Length'), digest);
  }

  private async head(digest: string): Promise<HeadObjectCommandOutput | null> {
    const object = { ...this.object(digest), ChecksumMode: 'ENABLED' as const };
    try {
      return await this.client.send(new HeadObjectCommand(object));
    } catch (error) {
      const coded = this.coded(error, digest);
      if (coded.code === 'ARTIFACT_MISSING') return null;
      throw coded;
    }
  }

  async quarantine(digest: string): Promise<void> {
    const { Key } = this.object(digest);
    const copy = {
      Bucket: this.bucket,
      Key: `${this.prefix}quarantine/${digest}.${randomUUID()}`,
      CopySource: `${this.bucket}/${Key}`,
    };
    try {
      await this.client.send(new CopyObjectCommand(copy));
    } catch (error) {
      const coded = this.coded(error, digest);
      if (coded.code === 'ARTIFACT_MISSING') return;
      throw coded;
    }
    await this.delete(digest);
  }

  async delete(digest: string): Promise<void> {
    const object = this.object(digest);
    await this.attempt(() => this.client.send(new DeleteObjectCommand(object)), digest);
  }

  async *list(): AsyncIterable<StoredBlob> {
    for await (const { Key, Size = 0, LastModified } of this.objects(`${this.prefix}blobs/`)) {
      const digest = Key.slice(`${this.prefix}blobs/`.length);
      if (isDigest(digest)) yield { digest, bytes: Size, modifiedAt: LastModified };
    }
  }

  async removeOrphanedUploads(before: Date, { dryRun }: { dryRun: boolean }): Promise<Remnants> {
    const { bucket: Bucket } = this;
    const remnants = { quarantined: 0, uploads: 0 };
    for await (const { Key, LastModified } of this.objects(`${this.prefix}quarantine/`)) {
      if (LastModified >= before) continue;
      remnants.quarantined += 1;
      if (!dryRun) await this.attempt(() => this.client.send(new DeleteObjectCommand({ Bucket, Key })));
    }
    for await (const { Initiated, ...upload } of this.uploads()) {
      if (Initiated >= before) continue;
      remnants.uploads += 1;
      const command = new AbortMultipartUploadCommand({ Bucket, ...upload });
      if (!dryRun) await this.attempt(() => this.client.send(command));
    }
    return remnants;
  }

  async downloadUrl(digest: string, expiresSeconds: number): Promise<string> {
    const command = new GetObjectCommand(this.object(digest));
    return this.attempt(
      () => getSignedUrl(this.publicClient, command, { expiresIn: expiresSeconds }),
      digest,
    );
  }

  async claim(owner: string): Promise<string> {
    const object = { Bucket: this.bucket, Key: `${this.prefix}installation` };
    return this.attempt(() => claimObject(this.client, object, owner));
  }

  /** Lists, because the answer to HEAD has no reason for a refusal. */
  async check({ write = false }: { write?: boolean } = {}): Promise<void> {
    const { bucket: Bucket } = this;
    await this.attempt(() =>
      this.client.send(new ListObjectsV2Command({ Bucket, Prefix: this.prefix, MaxKeys: 1 })),
    );
    if (write) await this.probe({ Bucket, Key: `${this.prefix}probe/${randomUUID()}` });
  }

  /** Whoever may list but not write or delete learns it at the start, not at the end of the first job. */
  private async probe(object: { Bucket: string; Key: string }): Promise<void> {
    const body = { Body: new Uint8Array(1), IfNoneMatch: '*' };
    try {
      await this.client.send(new PutObjectCommand({ ...object, ...body }));
      await this.client.send(new DeleteObjectCommand(object));
    } catch (error) {
      const { code, message } = this.coded(error);
      const refused = code === 'STORAGE_DENIED' || httpStatus(error) === 405;
      throw new ToogitError(refused ? 'STORAGE_READ_ONLY' : code, message, { cause: error });
    }
  }

  private object(digest: string): { Bucket: string; Key: string } {
    assertDigest(digest);
    return { Bucket: this.bucket, Key: `${this.prefix}blobs/${digest}` };
  }

  /** `bytes`: null where the service does not announce them. */
  private async open(digest: string): Promise<{ body: Readable; bytes: number | null }> {
    const command = new GetObjectCommand(this.object(digest));
    const { Body, ContentLength } = await this.attempt(() => this.client.send(command), digest);
    if (!(Body instanceof Readable)) throw this.coded(new Error('the answer has no body'), digest);
    return { body: Body, bytes: ContentLength ?? null };
  }

  /** An answer that breaks off is a fault of the network, not of the blob. */
  private async download(digest: string, onChunk: (chunk: Uint8Array) => void): Promise<Uint8Array> {
    const { body, bytes } = await this.open(digest);
    return this.attempt(() => readBody(body, bytes, onChunk), digest);
  }

  private async *uploads(): AsyncIterable<{ Key: string; UploadId: string; Initiated: Date }> {
    let markers: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
    while (markers) {
      const query = { Bucket: this.bucket, Prefix: `${this.prefix}blobs/`, ...markers };
      const page: ListMultipartUploadsCommandOutput = await this.attempt(() =>
        this.client.send(new ListMultipartUploadsCommand(query)),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key && UploadId && Initiated) yield { Key, UploadId, Initiated };
      }
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
      markers = page.IsTruncated && KeyMarker && UploadIdMarker ? { KeyMarker, UploadIdMarker } : null;
    }
  }

  private async *objects(prefix: string): AsyncIterable<{ Key: string; Size?: number; LastModified: Date }> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: prefix });
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key, Size = 0, LastModified } of Contents) {
          if (Key && LastModified) yield { Key, Size, LastModified };
        }
      }
    } catch (error) {
      throw this.coded(error);
    }
  }

  private async attempt<T>(work: () => Promise<T>, digest?: string): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.coded(error, digest);
    }
  }

  private coded(error: unknown, digest?: string): ToogitError {
    if (error instanceof ToogitError) return error;
    if (digest && isNoSuchKey(error)) return missingBlob(digest, error);
    return s3Error(
      error,
      `bucket ${this.bucket} at ${this.options.endpoint ?? `AWS ${this.options.region}`}`,
    );
  }
}
