import { ToogitError } from '@toogit/core';
import type { BlobStore } from './blob-store.js';

/**
 * Makes a store that has no owner the database's of this id. Of two databases with one store each would collect the
 * other's blobs as garbage. @throws STORAGE_FOREIGN if it is another's
 */
export async function claimStore(store: BlobStore, installationId: string): Promise<void> {
  const owner = await store.claim(installationId);
  if (owner === installationId) return;
  throw new ToogitError(
    'STORAGE_FOREIGN',
    `The artifact store belongs to the database with installation id ${owner}; this one has ${installationId}.`,
  );
}
