import { MemoryBlobStore } from '@toogit/artifacts';
import { describeBlobStore } from './blob-store-conformance.js';

const store = new MemoryBlobStore();

describeBlobStore('memory', () => ({
  store,
  tamper: async (digest, bytes) => {
    store.blobs.set(digest, bytes);
  },
  quarantined: async () => store.quarantined.size,
}));
