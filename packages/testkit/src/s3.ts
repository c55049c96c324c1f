import { mkdir, mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startContainer, useContainers } from './containers.js';
import { freePort } from './free-port.js';
import { startProcess } from './local-process.js';
import { requireService } from './required.js';
import type { TestService } from './test-database.js';

/** An S3 service without buckets, but for one that may only be read where that is asked for. */
export interface TestS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

const image = 'versity/versitygw:v1.8.0';
const credentials = { accessKeyId: 'toogit-test', secretAccessKey: 'toogit-test-secret' };
const environment = { ROOT_ACCESS_KEY: 'toogit-test', ROOT_SECRET_KEY: 'toogit-test-secret' };

/**
 * S3 by versitygw: a container where Docker answers, else the program `versitygw` (on PATH, or the path in
 * TOOGIT_VERSITYGW); null, and a printed reason, if there is neither.
 */
export async function startS3(options: S3Options = {}): Promise<TestS3 | null> {
  const { certificate, readOnlyBucket } = options;
  const container = certificate || readOnlyBucket ? null : await startGateway();
  if (container)
    return { endpoint: container.url, region: 'us-east-1', ...credentials, stop: container.stop };
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-s3-'));
  await mkdir(join(directory, 'data', readOnlyBucket ?? ''), { recursive: true });
  const port = await freePort();
  const tls = certificate ? ['--cert', certificate.certFile, '--key', certificate.keyFile] : [];
  const readOnly = readOnlyBucket ? ['--readonly'] : [];
  const server = await startProcess({
    command: process.env.TOOGIT_VERSITYGW || 'versitygw',
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--health',
      '/health',
      '--quiet',
      ...tls,
      ...readOnly,
      'posix',
      'data',
    ],
    directory,
    env: environment,
    ready: () => answers(port),
    absent: 'there is no versitygw on PATH or in TOOGIT_VERSITYGW (github.com/versity/versitygw, v1.8.0)',
  });
  if ('failure' in server) {
    requireService('s3', server.failure);
    return null;
  }
  const endpoint = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
  return { endpoint, region: 'us-east-1', ...credentials, stop: server.stop };
}

async function startGateway(): Promise<TestService | null> {
  if (!(await useContainers())) return null;
  const { Wait } = await import('testcontainers');
  return startContainer(image, 7070, (container) =>
    container
      .withEnvironment(environment)
      .withCommand(['--port', ':7070', '--health', '/health', 'posix', '/tmp/vgw'])
      .withTmpFs({ '/tmp/vgw': 'rw' })
      .withWaitStrategy(Wait.forHttp('/health', 7070)),
  );
}

export interface S3Options {
  certificate?: Certificate;
  /** A bucket of this name is there, and nothing may be written. */
  readOnlyBucket?: string;
}

/** PEM files; the service then speaks https. */
export interface Certificate {
  certFile: string;
  keyFile: string;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
