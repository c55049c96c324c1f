import type { ImageShape } from '@toogit/networks';
import type { Split } from '../values.js';

/** A data set with a name of its own. How it is imported is in `@toogit/datasets`. */
export interface DatasetDefinition {
  /** Of its images; of a directory, whose images are brought to a size of choice, the usual one. */
  shape: ImageShape;
  classes: number;
  /** Examples of each split. */
  examples: Record<Split, number>;
  /** Whether an image's mirror image is one of the same class: so it is of photographs, and not of digits. */
  mirrorable: boolean;
  /** `published`: an archive that never changes; `directory`: image files of the user's, with a size and a revision. */
  source: 'published' | 'directory';
  /** Reading the whole archive, and decoding each image that comes as a file of its own; in flops. */
  importWork: { archive: number; image: number };
}
