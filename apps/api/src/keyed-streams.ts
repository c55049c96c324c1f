import type { ServerResponse } from 'node:http';
import { ToogitError } from '@toogit/core';

/**
 * Answers that go on for long (events, downloads), by the API key that they were begun with. Each key is checked again
 * at an interval; when it is no longer valid its connections are cut, and whoever connects again is refused.
 */
export class KeyedStreams {
  readonly #open = new Map<string, Set<ServerResponse>>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly verify: (apiKey: string) => Promise<unknown>,
    recheckMs: number,
  ) {
    let checking = false;
    this.#timer = setInterval(async () => {
      if (checking) return;
      checking = true;
      for (const apiKey of [...this.#open.keys()]) await this.#recheck(apiKey);
      checking = false;
    }, recheckMs);
    this.#timer.unref();
  }

  add(apiKey: string, response: ServerResponse): void {
    const responses = this.#open.get(apiKey) ?? new Set();
    this.#open.set(apiKey, responses.add(response));
    response.once('close', () => {
      responses.delete(response);
      if (responses.size === 0 && this.#open.get(apiKey) === responses) this.#open.delete(apiKey);
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Only a refusal ends streams: a database that is away is no evidence about the key. */
  async #recheck(apiKey: string): Promise<void> {
    try {
      await this.verify(apiKey);
    } catch (error) {
      if (!(error instanceof ToogitError) || error.code !== 'UNAUTHENTICATED') return;
      for (const response of this.#open.get(apiKey) ?? []) response.destroy();
    }
  }
}
