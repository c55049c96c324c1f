import { createHash } from 'node:crypto';

/** sha256 over pixels ‖ labels, one byte a label: what two roads to the same examples must agree on. */
export function pixelDigest(images: Uint8Array, labels: Uint8Array): string {
  return createHash('sha256').update(images).update(labels).digest('hex');
}
