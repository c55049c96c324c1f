import { hostname } from 'node:os';
import { z } from 'zod';

/** The environment variables of the service, as strings; docs/api.md lists them. An empty value counts as absent. */

const text = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

function url(protocols: string[]) {
  return text.refine((value) => value === undefined || protocols.includes(protocolOf(value)), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });
}

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

function wholeNumber(min: number, max: number) {
  return text
    .refine((value) => value === undefined || (/^\d+$/.test(value) && +value >= min && +value <= max), {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform((value) => (value === undefined ? undefined : Number(value)));
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) {
  return text
    .pipe(z.enum(values, { error: `must be one of ${values.join(', ')}` }).optional())
    .transform((value): T[number] => value ?? fallback);
}

/** Separated by commas. */
function list() {
  return text.transform((value) => (value ?? '').split(',').flatMap((each) => each.trim() || []));
}

/** As `URL.host` has them: with the port, unless it is that of the scheme. */
function hosts() {
  return list()
    .transform((entries) => entries.map((entry) => entry.toLowerCase()))
    .refine(
      (entries) => entries.every((entry) => ['http:', 'https:'].every((scheme) => isHost(entry, scheme))),
      {
        error:
          'must be hosts as they stand in a URL (receiver.lan, receiver.lan:8080, [fd00::1]), without the port 80 or 443',
      },
    );
}

function isHost(text: string, scheme: string): boolean {
  return URL.canParse(`${scheme}//${text}`) && new URL(`${scheme}//${text}`).host === text;
}

export const environment = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  REDIS_URL: url(['redis:', 'rediss:']),
  TOOGIT_REDIS_ALLOW_VOLATILE: oneOf(['true', 'false'], 'false'),
  TOOGIT_ARTIFACTS_DIR: text,
  S3_BUCKET: text,
  S3_PREFIX: text
    .refine((value) => value === undefined || /^[\w.-]+(\/[\w.-]+)*\/?$/.test(value), {
      error: 'must be names of letters, digits, `.`, `_` and `-`, separated by /',
    })
    .transform((value) => (value === undefined ? '' : value.replace(/\/?$/, '/'))),
  S3_REGION: text,
  S3_ENDPOINT: url(['http:', 'https:']),
  S3_PUBLIC_ENDPOINT: url(['http:', 'https:']),
  S3_ACCESS_KEY_ID: text,
  S3_SECRET_ACCESS_KEY: text,
  S3_PATH_STYLE: oneOf(['true', 'false'], 'false'),
  S3_CA_FILE: text,
  TOOGIT_HOST: text.transform((value) => value ?? '127.0.0.1'),
  TOOGIT_PORT: wholeNumber(0, 65_535).transform((value) => value ?? 8080),
  TOOGIT_METRICS_PORT: wholeNumber(0, 65_535).transform((value) => value ?? null),
  TOOGIT_WEBHOOK_TRUSTED_HOSTS: hosts(),
  TOOGIT_CORS_ORIGINS: list(),
  TOOGIT_TRUSTED_PROXIES: list(),
  TOOGIT_DEVICE: oneOf(['auto', 'cuda', 'cpu', 'js'], 'auto'),
  TOOGIT_THREADS: wholeNumber(1, 1024).transform((value) => value ?? null),
  TOOGIT_MEMORY_MB: wholeNumber(1, 1e9).transform((value) => value ?? null),
  TOOGIT_WORKER_NAME: text.transform((value) => value ?? `${hostname()}-${process.pid}`),
  TOOGIT_GRACE_MS: wholeNumber(0, 3_600_000).transform((value) => value ?? 25_000),
  TOOGIT_SWEEP_MS: wholeNumber(100, 3_600_000).transform((value) => value ?? 5_000),
  TOOGIT_LEASE_MS: wholeNumber(3_000, 3_600_000).transform((value) => value ?? 30_000),
  TOOGIT_REPUSH_MS: wholeNumber(1_000, 3_600_000).transform((value) => value ?? 30_000),
  TOOGIT_MAX_JOB_MS: wholeNumber(1_000, 31_536_000_000).transform((value) => value ?? 604_800_000),
  TOOGIT_LOCK_MS: wholeNumber(1_000, 3_600_000).transform((value) => value ?? 30_000),
  TOOGIT_CACHE_DIR: text,
  TOOGIT_RESTRICTED_IMAGENET_DIR: text,
  LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent'], 'info'),
});

export type Environment = z.output<typeof environment>;
