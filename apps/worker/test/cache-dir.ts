import { loadConfig } from '@toogit/config';

/** Where TensorFlow is installed, found as a service process finds it. */
export const { cacheDir } = loadConfig({
  DATABASE_URL: 'postgres://unused',
  TOOGIT_ARTIFACTS_DIR: 'unused',
  TOOGIT_CACHE_DIR: process.env.TOOGIT_CACHE_DIR,
});
