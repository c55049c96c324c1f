import type { Runs, RunsEvent } from '@toogit/runs';

type Listener = (event: RunsEvent) => void;

/** One subscription to the database for all event streams of this process, made when the first one opens. */
export class ChangeFeed {
  readonly #runs: Runs;
  readonly #listeners = new Set<Listener>();
  #subscription: Promise<() => Promise<void>> | null = null;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  /** Resolves once nothing that happens from now on is missed. Returns a function that stops listening. */
  async listen(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener);
    try {
      this.#subscription ??= this.#runs.subscribe((event) => {
        for (const each of this.#listeners) each(event);
      });
      await this.#subscription;
    } catch (error) {
      this.#listeners.delete(listener);
      this.#subscription = null;
      throw error;
    }
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    const unsubscribe = await this.#subscription?.catch(() => null);
    this.#subscription = null;
    await unsubscribe?.();
  }
}
