import type { BlobStoreConfig } from '@toogit/artifacts';

/** The campaign's own way to the blobs, past the proxy. */
export interface Store {
  readonly config: BlobStoreConfig;
  /** Where its service listens; null: there is none to be put behind a proxy. */
  readonly port: number | null;
  /** As a service process is told of it; a service is reached through a port of this machine. */
  environment(port: number | null): Record<string, string>;
  /** As the store has it, unchecked. */
  read(digest: string): Promise<Uint8Array>;
  /** Changes one bit of the blob where it lies. */
  flipByte(digest: string, position: number): Promise<void>;
  /** Removes every blob. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export function flipBit(bytes: Uint8Array, position: number): void {
  const at = position % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}
