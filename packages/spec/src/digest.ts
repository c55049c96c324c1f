import { createHash } from 'node:crypto';
import { canonicalJson } from '@toogit/core';
import type { ResolvedSpec } from './resolve.js';

/** sha256 (hex) of the canonical JSON of a resolved spec: equal for specs that mean the same, however written. */
export function specDigest(spec: ResolvedSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}
