import type { ArtifactStore } from '@toogit/artifacts';
import type { JobParams } from '@toogit/catalogue';
import type { ObtainExamplesOptions } from './obtain-examples.js';

export type ImportOptions = JobParams<'dataset.import'> &
  Omit<ObtainExamplesOptions, 'split'> & {
    artifacts: ArtifactStore;
    /** A copy of ImageNet, for `restricted-imagenet`. */
    restrictedImagenetDir?: string | null;
  };
