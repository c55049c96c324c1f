import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BlobStoreConfig } from '@toogit/artifacts';
import type { TestS3 } from '@toogit/testkit';
import type { Store } from './store.js';

const bucket = 'toogit-faults';

export class S3Store implements Store {
  readonly #client: S3Client;

  private constructor(private readonly service: TestS3) {
    const { endpoint, region, accessKeyId, secretAccessKey } = service;
    const credentials = { accessKeyId, secretAccessKey };
    this.#client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  }

  static async create(service: TestS3): Promise<S3Store> {
    const store = new S3Store(service);
    await store.#client.send(new CreateBucketCommand({ Bucket: bucket }));
    return store;
  }

  get url(): string {
    return this.service.endpoint;
  }

  get disk(): string | null {
    return this.service.disk;
  }

  get config(): BlobStoreConfig {
    const { endpoint, region, accessKeyId, secretAccessKey } = this.service;
    const access = { accessKeyId, secretAccessKey, pathStyle: true, caFile: null };
    return { driver: 's3', bucket, region, endpoint, ...access };
  }

  environment(url: string | null): Record<string, string> {
    const { region, accessKeyId, secretAccessKey } = this.service;
    return {
      TOOGIT_ARTIFACTS_DIR: '',
      S3_BUCKET: bucket,
      S3_REGION: region,
      S3_ENDPOINT: url ?? this.url,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      S3_PATH_STYLE: 'true',
      S3_CA_FILE: '',
    };
  }

  async read(digest: string): Promise<Uint8Array> {
    const { Body } = await this.#client.send(new GetObjectCommand(objectOf(digest)));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async change(digest: string, how: (bytes: Uint8Array) => Uint8Array): Promise<void> {
    const Body = how(await this.read(digest));
    await this.#client.send(new PutObjectCommand({ ...objectOf(digest), Body }));
  }

  async remove(digests: string[]): Promise<void> {
    for (const digest of digests) await this.#client.send(new DeleteObjectCommand(objectOf(digest)));
  }

  async empty(): Promise<void> {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#client },
      { Bucket: bucket },
    )) {
      if (Contents.length === 0) continue;
      const Objects = Contents.map(({ Key }) => ({ Key }));
      await this.#client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
    }
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    await this.service.stop();
  }
}

function objectOf(digest: string) {
  return { Bucket: bucket, Key: `blobs/${digest}` };
}
