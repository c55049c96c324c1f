import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where downloads live, outside node_modules: `TOOGIT_CACHE_DIR`, else the user's cache (XDG). */
export function cacheDirectory(): string {
  const named = process.env.TOOGIT_CACHE_DIR;
  return named ? resolve(named) : envPaths('toogit', { suffix: '' }).cache;
}
