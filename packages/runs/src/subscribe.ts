import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { disconnect, keepProbing, openConnection, prompt } from './connection.js';
import { databaseError } from './database-error.js';
import type { RunsEvent } from './runs.js';

type Listener = (event: RunsEvent) => void;

/**
 * One LISTEN connection for all subscribers of a process, open while there are any. When it breaks, or answers no probe
 * any more, it is made anew; what was announced in between is lost, so whatever must not miss anything reads the state again now and then.
 */
export class Subscriptions {
  readonly #listeners = new Set<Listener>();
  #client: Promise<pg.Client> | null = null;

  constructor(private readonly databaseUrl: string) {}

  async subscribe(listener: Listener): Promise<() => Promise<void>> {
    // Each subscription is its own entry, even if the same function subscribes twice.
    const entry: Listener = (event) => listener(event);
    this.#listeners.add(entry);
    try {
      this.#client ??= this.#connect();
      await this.#client;
    } catch (error) {
      this.#client = null;
      this.#listeners.delete(entry);
      throw databaseError(error);
    }
    return async () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) await this.#disconnect();
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#disconnect();
  }

  async #connect(): Promise<pg.Client> {
    const client = await openConnection(this.databaseUrl, prompt);
    client.on('notification', ({ payload = '' }) => this.#announce(payload));
    try {
      await client.query('LISTEN toogit');
    } catch (error) {
      await disconnect(client);
      throw error;
    }
    keepProbing(client);
    client.once('end', () => void this.#reconnect(client));
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.then(disconnect).catch(() => {});
  }

  async #reconnect(broken: pg.Client): Promise<void> {
    // Another connection that is being made meanwhile, and fails, fails for whoever has begun it.
    if ((await this.#client?.catch(() => null)) !== broken) return;
    this.#client = this.#connectAgain(broken);
  }

  /** Until it succeeds, or no listener is left. */
  async #connectAgain(broken: pg.Client): Promise<pg.Client> {
    while (this.#listeners.size > 0) {
      try {
        return await this.#connect();
      } catch {
        await setTimeout(500, undefined, { ref: false });
      }
    }
    return broken;
  }

  #announce(payload: string): void {
    const colon = payload.indexOf(':');
    const id = payload.slice(colon + 1);
    const event: RunsEvent =
      payload.slice(0, colon) === 'job'
        ? { type: 'job', jobKey: id }
        : { type: 'experiment', experimentId: id };
    for (const listener of this.#listeners) listener(event);
  }
}
