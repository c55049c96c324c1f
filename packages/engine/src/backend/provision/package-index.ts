import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ToogitError } from '@toogit/core';
import { request } from './http-request.js';
import type { WheelRequirement } from './wheels.js';

const PYPI = 'https://pypi.org/simple';
const SIMPLE_JSON = 'application/vnd.pypi.simple.v1+json';

export interface IndexedWheel {
  fileName: string;
  url: string;
  sha256: string;
}

/** The package index that the user's pip uses, else PyPI. */
export async function defaultIndexUrl(): Promise<string> {
  return process.env.PIP_INDEX_URL || (await pipSetting('global.index-url')) || PYPI;
}

async function pipSetting(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('python3', ['-m', 'pip', 'config', 'get', name], {
      timeout: 20_000,
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined; // no Python, no pip, or not set
  }
}

/**
 * Finds a wanted wheel in the index's simple API, in JSON (PEP 691) or HTML (PEP 503).
 * @throws ToogitError ENGINE_OFFLINE, ENGINE_INSTALL_FAILED when the index lacks it, ENGINE_DIGEST_MISMATCH when the
 * index offers the file with another digest than the one published.
 */
export async function findWheel(
  indexUrl: string,
  { project, digests }: WheelRequirement,
  signal?: AbortSignal,
): Promise<IndexedWheel> {
  const page = `${indexUrl.replace(/\/+$/, '')}/${project}/`;
  const accept = `${SIMPLE_JSON}, text/html;q=0.5`;
  const response = await request(page, { headers: { accept }, ...(signal ? { signal } : {}) });
  const body = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith(SIMPLE_JSON) ?? false;
  const files = isJson ? readJson(body) : readHtml(body);
  const [fileName, sha256] = Object.entries(digests).find(([name]) => files.has(name)) ?? [];
  const file = fileName === undefined ? undefined : files.get(fileName);
  if (!fileName || !sha256 || !file) {
    throw new ToogitError(
      'ENGINE_INSTALL_FAILED',
      `the package index has none of ${Object.keys(digests).join(', ')}`,
    );
  }
  if (file.sha256 && file.sha256 !== sha256) {
    throw new ToogitError(
      'ENGINE_DIGEST_MISMATCH',
      `the package index offers another ${fileName}: ${file.sha256}`,
    );
  }
  return { fileName, sha256, url: withCredentials(new URL(file.href, response.url || page), page).href };
}

type Files = Map<string, { href: string; sha256: string | undefined }>;

function readJson(body: string): Files {
  const page = JSON.parse(body) as {
    files: { filename: string; url: string; hashes: { sha256?: string } }[];
  };
  return new Map(page.files.map((file) => [file.filename, { href: file.url, sha256: file.hashes.sha256 }]));
}

function readHtml(body: string): Files {
  const files: Files = new Map();
  for (const [, raw = ''] of body.matchAll(/<a\s[^>]*href="([^"]+)"/gi)) {
    const [href = '', fragment = ''] = raw.replaceAll('&amp;', '&').split('#');
    const fileName = decodeURIComponent(href.split('?')[0]?.split('/').pop() ?? '');
    files.set(fileName, { href, sha256: /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1] });
  }
  return files;
}

/** An index behind a password serves its files behind the same. */
function withCredentials(url: URL, indexUrl: string): URL {
  const index = new URL(indexUrl);
  if (url.host === index.host && !url.username) {
    url.username = index.username;
    url.password = index.password;
  }
  return url;
}
