import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStoreConfig } from '@toogit/artifacts';
import type { Store } from './store.js';

/** Where there is no S3: faults of it are left out. */
export class DirectoryStore implements Store {
  readonly url = null;
  readonly disk = null;

  constructor(private readonly directory: string) {}

  get config(): BlobStoreConfig {
    return { driver: 'filesystem', directory: this.directory };
  }

  environment(): Record<string, string> {
    return { TOOGIT_ARTIFACTS_DIR: this.directory, S3_BUCKET: '', S3_CA_FILE: '' };
  }

  read(digest: string): Promise<Uint8Array> {
    return readFile(this.#file(digest));
  }

  async change(digest: string, how: (bytes: Uint8Array) => Uint8Array): Promise<void> {
    await writeFile(this.#file(digest), how(await this.read(digest)));
  }

  async remove(digests: string[]): Promise<void> {
    for (const digest of digests) await rm(this.#file(digest), { force: true });
  }

  async empty(): Promise<void> {
    for (const name of ['blobs', 'incoming', 'quarantine'])
      await rm(join(this.directory, name), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  #file(digest: string): string {
    return join(this.directory, 'blobs', digest.slice(0, 2), digest);
  }
}
