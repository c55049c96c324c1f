import { ToogitError } from '@toogit/core';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';

const database = 'postgres://toogit:hunter2@db:5432/toogit';
const s3 = { S3_BUCKET: 'tensors', S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'sesame' };

function refusal(env: Record<string, string>): ToogitError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ToogitError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('loadConfig', () => {
  it('needs a database and an artifact store, and fills in the rest', () => {
    const config = loadConfig({ DATABASE_URL: database, TOOGIT_ARTIFACTS_DIR: '/data/artifacts' });
    expect(config).toMatchObject({
      databaseUrl: database,
      queue: { driver: 'postgres', url: database },
      artifacts: { driver: 'filesystem', directory: '/data/artifacts' },
      api: { host: '127.0.0.1', port: 8080 },
      worker: { device: 'auto', threads: null, memoryBytes: null, graceMs: 25_000 },
      recovery: { sweepMs: 5_000, leaseMs: 30_000, repushMs: 30_000, maxJobMs: 604_800_000, lockMs: 30_000 },
      logLevel: 'info',
    });
    expect(config.worker.name).toMatch(/-\d+$/);
    expect(config.cacheDir).toMatch(/toogit$/);
    expect(config.restrictedImagenetDir).toBeNull();
  });

  it('reads Redis, S3 and the worker', () => {
    const config = loadConfig({
      DATABASE_URL: database,
      REDIS_URL: 'redis://queue:6379',
      ...s3,
      S3_ENDPOINT: 'http://s3:7070',
      S3_PUBLIC_ENDPOINT: 'https://files.example',
      S3_PATH_STYLE: 'true',
      S3_CA_FILE: '/etc/ca.pem',
      S3_PREFIX: 'lab/toogit',
      TOOGIT_THREADS: '2',
      TOOGIT_MEMORY_MB: '4000',
      TOOGIT_DEVICE: 'cpu',
      TOOGIT_WORKER_NAME: 'left',
      TOOGIT_SWEEP_MS: '1000',
      TOOGIT_LEASE_MS: '6000',
      TOOGIT_REPUSH_MS: '5000',
      TOOGIT_LOCK_MS: '7000',
      TOOGIT_CACHE_DIR: '/cache',
      TOOGIT_RESTRICTED_IMAGENET_DIR: '/imagenet',
      LOG_LEVEL: '',
    });
    expect(config).toMatchObject({
      queue: { driver: 'redis', url: 'redis://queue:6379', allowVolatile: false },
      artifacts: {
        driver: 's3',
        bucket: 'tensors',
        prefix: 'lab/toogit/',
        region: 'us-east-1',
        endpoint: 'http://s3:7070',
        publicEndpoint: 'https://files.example',
        accessKeyId: 'key',
        pathStyle: true,
        caFile: '/etc/ca.pem',
      },
      worker: { name: 'left', device: 'cpu', threads: 2, memoryBytes: 4e9 },
      recovery: { sweepMs: 1_000, leaseMs: 6_000, repushMs: 5_000, lockMs: 7_000 },
      cacheDir: '/cache',
      restrictedImagenetDir: '/imagenet',
      logLevel: 'info',
    });
  });

  it('leaves the credentials to AWS when none are given', () => {
    const config = loadConfig({ DATABASE_URL: database, S3_BUCKET: 'tensors' });
    expect(config.artifacts).toMatchObject({ accessKeyId: null, secretAccessKey: null, caFile: null });
  });

  it('takes names as a prefix in the bucket, with or without a slash at its end', () => {
    const prefixOf = (S3_PREFIX: string) =>
      loadConfig({ DATABASE_URL: database, ...s3, S3_PREFIX }).artifacts;
    expect(prefixOf('')).toMatchObject({ prefix: '' });
    expect(prefixOf('lab.1/toogit/')).toMatchObject({ prefix: 'lab.1/toogit/' });
    for (const wrong of ['/lab', 'lab//toogit', 'lab toogit', '/']) {
      expect(refusal({ DATABASE_URL: database, ...s3, S3_PREFIX: wrong }).details).toMatchObject([
        { path: 'S3_PREFIX' },
      ]);
    }
  });

  it('names every problem at once', () => {
    const error = refusal({
      S3_BUCKET: 'tensors',
      S3_ACCESS_KEY_ID: 'key',
      REDIS_URL: 'localhost:6379',
      TOOGIT_PORT: '80a',
      TOOGIT_THREADS: '0',
      TOOGIT_DEVICE: 'tpu',
      LOG_LEVEL: 'loud',
    });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.details?.map(({ path }) => path).sort()).toEqual(
      [
        'DATABASE_URL',
        'LOG_LEVEL',
        'REDIS_URL',
        'S3_SECRET_ACCESS_KEY',
        'TOOGIT_DEVICE',
        'TOOGIT_PORT',
        'TOOGIT_THREADS',
      ].sort(),
    );
  });

  it('takes trusted hosts as they stand in a URL', () => {
    const hosts = (TOOGIT_WEBHOOK_TRUSTED_HOSTS: string) =>
      loadConfig({ DATABASE_URL: database, TOOGIT_ARTIFACTS_DIR: '/a', TOOGIT_WEBHOOK_TRUSTED_HOSTS })
        .webhookTrustedHosts;
    expect(hosts('Receiver.lan, receiver.lan:8080,[fd00::1]:9000')).toEqual([
      'receiver.lan',
      'receiver.lan:8080',
      '[fd00::1]:9000',
    ]);
    for (const wrong of [
      'http://receiver.lan',
      'receiver.lan/x',
      '::1',
      'receiver.lan:443',
      'a:b@c',
      'x:99999',
    ])
      expect(() => hosts(wrong), wrong).toThrow();
  });

  it('repeats no value, secret or not', () => {
    const error = refusal({
      DATABASE_URL: 'mysql://root:hunter2@db/toogit',
      REDIS_URL: 'http://:hunter2@redis',
      TOOGIT_ARTIFACTS_DIR: '/hunter2',
      S3_BUCKET: 'hunter2',
      S3_ACCESS_KEY_ID: 'hunter2',
      S3_ENDPOINT: 'hunter2',
      TOOGIT_DEVICE: 'hunter2',
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(String(error.stack)).not.toContain('hunter2');
    expect(error.details?.map(({ path }) => path)).toContain('DATABASE_URL');
  });
});
