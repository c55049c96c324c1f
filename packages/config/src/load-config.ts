import { resolve } from 'node:path';
import { type ErrorDetail, ToogitError } from '@toogit/core';
import envPaths from 'env-paths';
import { type Environment, environment } from './environment.js';
import type { ServiceConfig } from './service-config.js';

type Variables = Record<string, string | undefined>;

/**
 * Reads the configuration of a service process: the only place where its settings come from `process.env`.
 *
 * @throws CONFIG_INVALID naming every variable that is missing or wrong; values are never repeated.
 */
export function loadConfig(env: Variables = process.env): ServiceConfig {
  const parsed = environment.safeParse(env);
  const problems = missing(env);
  for (const issue of parsed.error?.issues ?? []) {
    problems.push({ path: String(issue.path[0]), message: issue.message });
  }
  if (!parsed.success || problems.length > 0) {
    const list = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new ToogitError('CONFIG_INVALID', `The environment is not valid: ${list}`, { details: problems });
  }
  return configOf(parsed.data);
}

/** What the variables need of each other, whatever else is wrong with them. */
function missing(env: Variables): ErrorDetail[] {
  const problems: ErrorDetail[] = [];
  if (!env.DATABASE_URL) problems.push({ path: 'DATABASE_URL', message: 'is required' });
  if (env.TOOGIT_ARTIFACTS_DIR && env.S3_BUCKET) {
    problems.push({ path: 'TOOGIT_ARTIFACTS_DIR', message: 'cannot be set together with S3_BUCKET' });
  }
  if (!env.TOOGIT_ARTIFACTS_DIR && !env.S3_BUCKET) {
    problems.push({ path: 'S3_BUCKET', message: 'is required, or TOOGIT_ARTIFACTS_DIR for a directory' });
  }
  const [id, secret] = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  if (env[id] && !env[secret]) problems.push({ path: secret, message: `is required with ${id}` });
  if (env[secret] && !env[id]) problems.push({ path: id, message: `is required with ${secret}` });
  return problems;
}

function configOf(variables: Environment): ServiceConfig {
  const databaseUrl = variables.DATABASE_URL ?? '';
  return {
    databaseUrl,
    queue: variables.REDIS_URL
      ? {
          driver: 'redis',
          url: variables.REDIS_URL,
          allowVolatile: variables.TOOGIT_REDIS_ALLOW_VOLATILE === 'true',
        }
      : { driver: 'postgres', url: databaseUrl },
    artifacts: artifactsOf(variables),
    api: {
      host: variables.TOOGIT_HOST,
      port: variables.TOOGIT_PORT,
      corsOrigins: variables.TOOGIT_CORS_ORIGINS,
      trustedProxies: variables.TOOGIT_TRUSTED_PROXIES,
    },
    webhookTrustedHosts: variables.TOOGIT_WEBHOOK_TRUSTED_HOSTS,
    metricsPort: variables.TOOGIT_METRICS_PORT,
    worker: {
      name: variables.TOOGIT_WORKER_NAME,
      device: variables.TOOGIT_DEVICE,
      threads: variables.TOOGIT_THREADS,
      memoryBytes: variables.TOOGIT_MEMORY_MB === null ? null : variables.TOOGIT_MEMORY_MB * 1e6,
      graceMs: variables.TOOGIT_GRACE_MS,
    },
    recovery: {
      sweepMs: variables.TOOGIT_SWEEP_MS,
      leaseMs: variables.TOOGIT_LEASE_MS,
      repushMs: variables.TOOGIT_REPUSH_MS,
      maxJobMs: variables.TOOGIT_MAX_JOB_MS,
      lockMs: variables.TOOGIT_LOCK_MS,
    },
    cacheDir: variables.TOOGIT_CACHE_DIR
      ? resolve(variables.TOOGIT_CACHE_DIR)
      : envPaths('toogit', { suffix: '' }).cache,
    restrictedImagenetDir: variables.TOOGIT_RESTRICTED_IMAGENET_DIR
      ? resolve(variables.TOOGIT_RESTRICTED_IMAGENET_DIR)
      : null,
    logLevel: variables.LOG_LEVEL,
  };
}

/** Separated by commas. */

function artifactsOf(variables: Environment): ServiceConfig['artifacts'] {
  if (variables.TOOGIT_ARTIFACTS_DIR) {
    return { driver: 'filesystem', directory: resolve(variables.TOOGIT_ARTIFACTS_DIR) };
  }
  return {
    driver: 's3',
    bucket: variables.S3_BUCKET ?? '',
    prefix: variables.S3_PREFIX,
    region: variables.S3_REGION ?? 'us-east-1',
    endpoint: variables.S3_ENDPOINT ?? null,
    publicEndpoint: variables.S3_PUBLIC_ENDPOINT ?? null,
    accessKeyId: variables.S3_ACCESS_KEY_ID ?? null,
    secretAccessKey: variables.S3_SECRET_ACCESS_KEY ?? null,
    pathStyle: variables.S3_PATH_STYLE === 'true',
    caFile: variables.S3_CA_FILE ? resolve(variables.S3_CA_FILE) : null,
  };
}
