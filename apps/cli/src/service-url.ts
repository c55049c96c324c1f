import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** --url, else TOOGIT_URL, else what `toogit up` announced in this directory, else the default port. */
export function serviceUrl(given: string | undefined, env = process.env, directory = process.cwd()): string {
  return given ?? (env.TOOGIT_URL || announcedUrl(join(directory, '.toogit'))) ?? 'http://127.0.0.1:8080';
}

function announcedUrl(stateDir: string): string | null {
  try {
    const { url } = JSON.parse(readFileSync(join(stateDir, 'up.json'), 'utf8')) as { url: string | null };
    return url;
  } catch {
    return null;
  }
}
