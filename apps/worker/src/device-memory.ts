import type { DeviceCache } from '@toogit/handlers';

interface Entry {
  value: unknown;
  bytes: number;
  dispose: () => void;
  /** The job that used it last: what the running job uses is never evicted under it. */
  job: number;
}

/** Data sets and models kept on the device between jobs, up to so many bytes; the least recently used go first. */
export class DeviceMemory implements DeviceCache {
  readonly #limitBytes: number;
  /** In order of use, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #job = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  async get<T>(
    key: string,
    load: () => Promise<{ value: T; bytes: number; dispose: () => void }>,
  ): Promise<T> {
    const entry = this.#entries.get(key) ?? (await load());
    this.#entries.delete(key);
    this.#entries.set(key, { ...entry, job: this.#job });
    this.#evict();
    return entry.value as T;
  }

  /** From now on everything may be evicted that the next job does not need. */
  endJob(): void {
    this.#job++;
    this.#evict();
  }

  /** Of the data sets and models in it, as the keys name them. */
  get digests(): string[] {
    return [...new Set([...this.#entries.keys()].flatMap((key) => key.match(/[0-9a-f]{64}/g) ?? []))];
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #evict(): void {
    let bytes = this.bytes;
    for (const [key, entry] of this.#entries) {
      if (bytes <= this.#limitBytes) return;
      if (entry.job === this.#job) continue;
      this.#entries.delete(key);
      entry.dispose();
      bytes -= entry.bytes;
    }
  }
}
