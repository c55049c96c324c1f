import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { BlobStoreConfig } from '@toogit/artifacts';
import type { TestS3 } from '@toogit/testkit';

const bucket = 'toogit-faults';

/** The campaign's own way to the store, past the proxy. */
export class Store {
  readonly #client: S3Client;

  constructor(private readonly service: TestS3) {
    const { endpoint, region, accessKeyId, secretAccessKey } = service;
    const credentials = { accessKeyId, secretAccessKey };
    this.#client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  }

  get port(): number {
    return Number(new URL(this.service.endpoint).port);
  }

  get config(): BlobStoreConfig {
    const { endpoint, region, accessKeyId, secretAccessKey } = this.service;
    const access = { accessKeyId, secretAccessKey, pathStyle: true, caFile: null };
    return { driver: 's3', bucket, region, endpoint, ...access };
  }

  /** As a service process is told of it, reached through a port of this machine. */
  environment(port: number): Record<string, string> {
    const { region, accessKeyId, secretAccessKey } = this.service;
    return {
      S3_BUCKET: bucket,
      S3_REGION: region,
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      S3_PATH_STYLE: 'true',
    };
  }

  async createBucket(): Promise<void> {
    await this.#client.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  /** Changes one bit of the blob where it lies. */
  async flipByte(digest: string, position: number): Promise<void> {
    const object = { Bucket: bucket, Key: `blobs/${digest}` };
    const { Body } = await this.#client.send(new GetObjectCommand(object));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const at = position % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await this.#client.send(new PutObjectCommand({ ...object, Body: bytes }));
  }

  close(): void {
    this.#client.destroy();
  }
}
