import type { RefusalView } from '@toogit/runs';

/** So many addresses are counted apart in a minute; the requests of others are counted together. */
const maxAddresses = 32;
/** While the database is away: from here on no further address is counted apart. */
const maxUnwritten = 1_000;
const otherAddresses = 'others';

/**
 * Refused requests of callers without a valid key, counted in memory by minute and address and written now and then: a
 * stranger's request costs no write of its own, and no number of them more than some rows a minute.
 */
export class RefusalCounts {
  #unwritten = new Map<string, RefusalView>();
  #minute = '';
  readonly #addresses = new Set<string>();

  constructor(private readonly write: (refusals: RefusalView[]) => Promise<void>) {}

  add(refusal: Omit<RefusalView, 'minute' | 'requests'>, at = new Date()): void {
    const minute = new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString();
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#addresses.clear();
    }
    const address = this.#counted(refusal.address);
    const key = `${minute} ${address} ${refusal.status}`;
    const requests = (this.#unwritten.get(key)?.requests ?? 0) + 1;
    this.#unwritten.set(key, { ...refusal, minute, address, requests });
  }

  #counted(address: string): string {
    if (this.#addresses.has(address)) return address;
    if (this.#addresses.size >= maxAddresses || this.#unwritten.size >= maxUnwritten) return otherAddresses;
    this.#addresses.add(address);
    return address;
  }

  /** What can't be written now is kept. */
  async flush(): Promise<void> {
    if (this.#unwritten.size === 0) return;
    const writing = this.#unwritten;
    this.#unwritten = new Map();
    try {
      await this.write([...writing.values()]);
    } catch (error) {
      for (const [key, refusal] of this.#unwritten) {
        writing.set(key, { ...refusal, requests: refusal.requests + (writing.get(key)?.requests ?? 0) });
      }
      this.#unwritten = writing;
      throw error;
    }
  }
}
