import { createHash } from 'node:crypto';
import { canonicalJson } from '@toogit/jobs';
import type { ResolvedPoint, ResolvedSpec } from './resolve.js';

/** sha256 (hex) of the canonical JSON of a resolved spec: equal for specs that mean the same, however written. */
export function specDigest(spec: ResolvedSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/** Digest of one point as if it were a spec of its own, so that it doesn't depend on what else the matrix holds. */
export function pointDigest(spec: ResolvedSpec, point: ResolvedPoint): string {
  return specDigest({ ...spec, points: [{ ...point, id: '' }] });
}
