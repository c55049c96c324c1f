import type { BlobStoreConfig } from '@toogit/artifacts';

/** The campaign's own way to the blobs, past the proxy. */
export interface Store {
  readonly config: BlobStoreConfig;
  /** Its service's; null: there is none to be put behind a proxy. */
  readonly url: string | null;
  /** Environment variables that name it to a service process, which reaches it at this URL. */
  environment(url: string | null): Record<string, string>;
  /** As the store has it, unchecked. */
  read(digest: string): Promise<Uint8Array>;
  /** Changes the blob where it lies. */
  change(digest: string, how: (bytes: Uint8Array) => Uint8Array): Promise<void>;
  /** Removes these, if they are there. */
  remove(digests: string[]): Promise<void>;
  /** Where its bytes lie, on a file system of their own that can be filled; null: they don't. */
  readonly disk: string | null;
  /** Removes every blob. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}
