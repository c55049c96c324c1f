import { createHash } from 'node:crypto';
import type { KeyView, VerifiedKey } from '@toogit/runs';

/** A key that is revoked elsewhere is taken for so long yet; an expiry counts at once. */
const rememberMs = 30_000;

interface Remembered {
  verified: VerifiedKey;
  until: number;
}

/**
 * Verifying a key costs a scrypt, so keys that were verified are remembered for a while, under the sha256 of what was
 * presented. Keys that were refused are not: they are not ours to count.
 */
export class VerifiedKeys {
  readonly #remembered = new Map<string, Remembered>();
  readonly #underWay = new Map<string, Promise<VerifiedKey>>();

  constructor(private readonly check: (apiKey: string) => Promise<VerifiedKey>) {}

  /** The key if it was verified lately. */
  known(apiKey: string | null): KeyView | null {
    if (apiKey === null) return null;
    const digest = digestOf(apiKey);
    const found = this.#remembered.get(digest);
    return found && found.until > Date.now() ? found.verified.key : null;
  }

  /** Whether the key was good when it was verified last, however long ago. */
  met(apiKey: string | null): boolean {
    return apiKey !== null && this.#remembered.has(digestOf(apiKey));
  }

  /** @throws UNAUTHENTICATED */
  async verify(apiKey: string): Promise<KeyView> {
    const known = this.known(apiKey);
    if (known) return known;
    const digest = digestOf(apiKey);
    const checking = this.#underWay.get(digest) ?? this.check(apiKey);
    this.#underWay.set(digest, checking);
    try {
      const verified = await checking;
      const ends = verified.validUntil === null ? Number.POSITIVE_INFINITY : Date.parse(verified.validUntil);
      this.#remembered.set(digest, { verified, until: Math.min(ends, Date.now() + rememberMs) });
      return verified.key;
    } catch (error) {
      this.#remembered.delete(digest);
      throw error;
    } finally {
      this.#underWay.delete(digest);
    }
  }

  forget(id: string): void {
    for (const [digest, { verified }] of this.#remembered) {
      if (verified.key.id === id) this.#remembered.delete(digest);
    }
  }
}

function digestOf(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('base64');
}
