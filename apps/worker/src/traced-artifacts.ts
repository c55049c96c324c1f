import type { ArtifactStore } from '@toogit/artifacts';
import { inSpan } from '@toogit/telemetry';

/** The same store, with a span `load` for each read and `store` for each write. */
export function tracedArtifacts(store: ArtifactStore): ArtifactStore {
  return {
    ...store,
    readManifest: (digest) => inSpan('load', () => store.readManifest(digest), { 'toogit.manifest': digest }),
    readTensors: (part) => inSpan('load', () => store.readTensors(part), { 'toogit.part': part.name }),
    readBytes: (part) => inSpan('load', () => store.readBytes(part), { 'toogit.part': part.name }),
    writeTensors: (name, tensors, options) =>
      inSpan('store', () => store.writeTensors(name, tensors, options), { 'toogit.part': name }),
    writeBytes: (name, mediaType, bytes) =>
      inSpan('store', () => store.writeBytes(name, mediaType, bytes), { 'toogit.part': name }),
    writeManifest: (manifest) =>
      inSpan('store', () => store.writeManifest(manifest), { 'toogit.manifest': manifest.type }),
  };
}
