import { setTimeout as delay } from 'node:timers/promises';
import type { Spec } from './experiment.js';

const answerTimeoutMs = 30_000;
const giveUpAfterMs = 180_000;

/** Posts specs, and records every experiment that the API answered it has accepted. */
export class Submitter {
  /** Ids by Idempotency-Key; those without a key each under a name of its own. */
  readonly accepted = new Map<string, Set<string>>();
  #unnamed = 0;

  constructor(
    private readonly url: string,
    private readonly apiKey: string,
  ) {}

  async ready(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return answer.ok;
  }

  /** Sends it once. @throws what went wrong on the way, or an answer that is no 2xx */
  async post(spec: Spec, idempotencyKey: string | null): Promise<string> {
    const response = await fetch(`${this.url}/v1/experiments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        'content-type': 'application/json',
        ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(spec),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Refused(response.status, text);
    const { id } = JSON.parse(text) as { id: string };
    const name = idempotencyKey ?? `without a key ${++this.#unnamed}`;
    this.accepted.set(name, (this.accepted.get(name) ?? new Set()).add(id));
    return id;
  }

  /** Sends it until it is accepted. @throws Refused for an answer that won't change, or after three minutes */
  async submit(spec: Spec, idempotencyKey: string): Promise<string> {
    const deadline = Date.now() + giveUpAfterMs;
    for (;;) {
      try {
        return await this.post(spec, idempotencyKey);
      } catch (error) {
        const lasting = error instanceof Refused && error.status < 500 && error.status !== 429;
        if (lasting || Date.now() > deadline) throw error;
        await delay(300);
      }
    }
  }
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`the API answers ${status}: ${text.slice(0, 500)}`);
  }
}
