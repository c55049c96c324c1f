import type { BlobStore } from './blob-store.js';
import { FilesystemBlobStore } from './filesystem-blob-store.js';
import type { S3Options } from './s3-client.js';

/** Where artifacts are kept, as the service's configuration names it. */
export type BlobStoreConfig = { driver: 'filesystem'; directory: string } | ({ driver: 's3' } & S3Options);

/** Opens the configured store without touching it; `check()` finds out whether it answers. */
export async function openBlobStore(config: BlobStoreConfig): Promise<BlobStore> {
  if (config.driver === 'filesystem') return new FilesystemBlobStore(config.directory);
  // Loaded only here: the S3 client is large, and embedded mode never needs it.
  const { S3BlobStore } = await import('./s3-blob-store.js');
  return new S3BlobStore(config);
}
