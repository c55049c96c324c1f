import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { ToogitError } from '@toogit/errors';
import type { BlobStore } from './blob-store.js';
import { assertBytes, assertDigest, missingBlob } from './sha256.js';

export interface S3Options {
  bucket: string;
  region: string;
  /** URL of an S3-compatible service; null is AWS. */
  endpoint: string | null;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket goes into the path instead of the host name, as most services but AWS want it. */
  pathStyle: boolean;
}

const multipartFromBytes = 64 * 1024 * 1024;
const partBytes = 16 * 1024 * 1024;

/** Blobs as objects `blobs/<sha256>` of one bucket; `quarantine/` keeps what was found corrupt. */
export class S3BlobStore implements BlobStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(private readonly options: S3Options) {
    this.bucket = options.bucket;
    this.client = new S3Client({
      region: options.region,
      ...(options.endpoint ? { endpoint: options.endpoint } : {}),
      credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
      forcePathStyle: options.pathStyle,
      // Blobs are verified against their digest here; the client's own check would report damage as a network error.
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
    });
  }

  async put(digest: string, bytes: Uint8Array): Promise<void> {
    assertBytes(digest, bytes);
    if ((await this.size(digest)) !== null) return;
    const object = { ...this.object(digest), Body: bytes, IfNoneMatch: '*' };
    try {
      if (bytes.length < multipartFromBytes) {
        const ChecksumSHA256 = Buffer.from(digest, 'hex').toString('base64');
        await this.client.send(new PutObjectCommand({ ...object, ChecksumSHA256 }));
      } else {
        await new Upload({ client: this.client, params: object, partSize: partBytes }).done();
      }
    } catch (error) {
      // Another writer was there first (412), or is writing the same bytes at this moment (409).
      const status = httpStatus(error);
      if (status === 412 || (status === 409 && (await this.size(digest)) !== null)) return;
      throw this.coded(error, digest);
    }
  }

  async get(digest: string): Promise<Uint8Array> {
    const bytes = await this.download(digest);
    assertBytes(digest, bytes);
    return bytes;
  }

  async getRange(digest: string, start: number, end: number): Promise<Uint8Array> {
    if (end <= start) return new Uint8Array(0);
    try {
      return await this.download(digest, `bytes=${start}-${end - 1}`);
    } catch (error) {
      // The range begins past the end of the blob.
      if (error instanceof ToogitError && httpStatus(error.cause) === 416) return new Uint8Array(0);
      throw error;
    }
  }

  async stream(digest: string): Promise<Readable> {
    return (await this.open(digest)).body;
  }

  async size(digest: string): Promise<number | null> {
    const object = this.object(digest);
    try {
      return (await this.client.send(new HeadObjectCommand(object))).ContentLength ?? 0;
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
      Key: `quarantine/${digest}.${randomUUID()}`,
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

  async *list(): AsyncIterable<string> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: 'blobs/' });
    try {
      for await (const page of pages) {
        for (const { Key } of page.Contents ?? []) if (Key) yield Key.slice('blobs/'.length);
      }
    } catch (error) {
      throw this.coded(error);
    }
  }

  async downloadUrl(digest: string, expiresSeconds: number): Promise<string> {
    const command = new GetObjectCommand(this.object(digest));
    return this.attempt(() => getSignedUrl(this.client, command, { expiresIn: expiresSeconds }), digest);
  }

  async check(): Promise<void> {
    await this.attempt(() => this.client.send(new HeadBucketCommand({ Bucket: this.bucket })));
  }

  private object(digest: string): { Bucket: string; Key: string } {
    assertDigest(digest);
    return { Bucket: this.bucket, Key: `blobs/${digest}` };
  }

  private async open(digest: string, range?: string): Promise<{ body: Readable; bytes: number }> {
    const command = new GetObjectCommand({ ...this.object(digest), ...(range ? { Range: range } : {}) });
    const { Body, ContentLength } = await this.attempt(() => this.client.send(command), digest);
    if (!(Body instanceof Readable)) throw this.coded(new Error('the answer has no body'), digest);
    return { body: Body, bytes: ContentLength ?? 0 };
  }

  /** The body in one allocation. An answer that breaks off is a fault of the network, not of the blob. */
  private async download(digest: string, range?: string): Promise<Uint8Array> {
    const { body, bytes: length } = await this.open(digest, range);
    return this.attempt(async () => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      for await (const chunk of body) {
        bytes.set(chunk, filled);
        filled += chunk.length;
      }
      if (filled !== length) throw new Error(`the answer ended after ${filled} of ${length} bytes`);
      return bytes;
    }, digest);
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
    const name = error instanceof Error ? error.name : '';
    if (digest && (name === 'NoSuchKey' || name === 'NotFound')) return missingBlob(digest, error);
    const place = `bucket ${this.bucket} at ${this.options.endpoint ?? `AWS ${this.options.region}`}`;
    const reason = error instanceof Error ? error.message || name : String(error);
    return new ToogitError('STORAGE_UNAVAILABLE', `${place}: ${reason}`, { cause: error });
  }
}

function httpStatus(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
