import type { ServiceConfig } from '@toogit/config';

/** What a compute child needs to know; it opens its own connection to the artifact store. */
export interface ComputeSettings {
  artifacts: ServiceConfig['artifacts'];
  device: ServiceConfig['worker']['device'];
  /** Threads TensorFlow may use; null is one a core. Part of a result's provenance. */
  threads: number | null;
  /** Where downloads are kept between jobs. */
  cacheDir: string;
  /** A copy of ImageNet, if this machine has one. */
  restrictedImagenetDir: string | null;
}
