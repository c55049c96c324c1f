import type { DatasetName, Split } from '@toogit/catalogue';

/** A split as it was published: all its examples, in their canonical order. */
export interface Examples {
  /** Pixels 0..255, [n, height, width, channels]. */
  images: Uint8Array;
  /** Class numbers, [n]. */
  labels: Uint8Array;
}

/** A file that somebody publishes, pinned by its checksum. */
export interface PublishedFile {
  /** Its name in the cache directory. */
  fileName: string;
  bytes: number;
  checksum: { algorithm: 'sha256' | 'sha512'; encoding: 'hex' | 'base64'; value: string };
  origin: { url: string } | { npmPackage: { name: string; version: string } };
}

/** One way to get a split: the files it needs and how to read them, given their paths in the same order. */
export interface DatasetSource {
  files: PublishedFile[];
  /** @param onDecoded is called with the number of examples that are ready. */
  decode(paths: string[], onDecoded: (examples: number) => void): Promise<Examples>;
}

export interface DatasetDefinition {
  name: DatasetName;
  imageShape: [height: number, width: number, channels: number];
  classNames: string[];
  /** Per-channel mean and standard deviation of the training split, in [0,1] units. */
  mean: number[];
  std: number[];
  /** `pixelDigest` is the sha256 over images ‖ labels of the whole split, whichever source they came by. */
  splits: Record<Split, { examples: number; pixelDigest: string }>;
  /** The canonical archive first. */
  sources(split: Split): DatasetSource[];
}
