import { mkdir, mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@toogit/runs/embedded';
import { startContainer, useContainers } from './containers.js';
import { mountDisk } from './disk.js';
import { startProcess } from './local-process.js';
import { requireService } from './required.js';
import type { TestService } from './test-database.js';

/** An S3 service without buckets, but for one that may only be read where that is an option. */
export interface TestS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Where its bytes lie, on a file system of their own: only where `diskBytes` was given and can be had. */
  disk: string | null;
  stop(): Promise<void>;
}

const image = 'versity/versitygw:v1.8.0';
const credentials = { accessKeyId: 'toogit-test', secretAccessKey: 'toogit-test-secret' };
const environment = { ROOT_ACCESS_KEY: 'toogit-test', ROOT_SECRET_KEY: 'toogit-test-secret' };

/**
 * S3 by versitygw: a container where Docker answers, else the program `versitygw` (on PATH, or the path in
 * TOOGIT_VERSITYGW); null, and a printed reason, if there is neither. With a certificate it is the program in any case:
 * under which address a container will be reached is not known beforehand.
 */
export async function startS3(options: S3Options = {}): Promise<TestS3 | null> {
  const container = () => startGatewayContainer(options.readOnlyBucket);
  const wantsProgram = options.certificate !== undefined || options.diskBytes !== undefined;
  let service = (wantsProgram ? null : await container()) ?? (await startGatewayProgram(options));
  if ('failure' in service && options.certificate === undefined) service = (await container()) ?? service;
  if ('failure' in service) {
    requireService('s3', service.failure);
    return null;
  }
  const endpoint = options.certificate ? service.url.replace('http:', 'https:') : service.url;
  return { endpoint, region: 'us-east-1', ...credentials, disk: service.disk ?? null, stop: service.stop };
}

type Gateway = TestService & { disk?: string | null };

async function startGatewayContainer(readOnlyBucket: string | undefined): Promise<Gateway | null> {
  if (!(await useContainers())) return null;
  const { Wait } = await import('testcontainers');
  // A bucket is a directory; one that is copied in would be hidden by a file system in memory.
  const inMemory = { '/srv': 'rw' };
  const bucket = [{ content: '', target: `/data/${readOnlyBucket}/empty` }];
  const storage = readOnlyBucket ? ['--readonly', 'posix', '/data'] : ['posix', '/srv'];
  return startContainer(image, 7070, (container) =>
    container
      .withEnvironment(environment)
      .withCopyContentToContainer(readOnlyBucket ? bucket : [])
      .withCommand(['--port', ':7070', '--health', '/health', ...storage])
      .withTmpFs(readOnlyBucket ? {} : inMemory)
      .withWaitStrategy(Wait.forHttp('/health', 7070)),
  );
}

async function startGatewayProgram({
  certificate,
  readOnlyBucket,
  diskBytes,
}: S3Options): Promise<Gateway | { failure: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'toogit-test-s3-'));
  await mkdir(join(directory, 'data', readOnlyBucket ?? ''), { recursive: true });
  const disk = diskBytes === undefined ? null : await mountDisk(diskBytes);
  const port = await freePort();
  const options = [
    ...['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet'],
    ...(certificate ? ['--cert', certificate.certFile, '--key', certificate.keyFile] : []),
    ...(readOnlyBucket ? ['--readonly'] : []),
  ];
  const server = await startProcess({
    command: process.env.TOOGIT_VERSITYGW || 'versitygw',
    args: [...options, 'posix', disk?.directory ?? 'data'],
    directory,
    env: environment,
    ready: () => answers(port),
    absent: 'there is no versitygw on PATH or in TOOGIT_VERSITYGW (github.com/versity/versitygw, v1.8.0)',
  });
  if ('failure' in server) {
    await disk?.unmount();
    return server;
  }
  const stop = async () => {
    // A file system that is in use is gone once its server is.
    await disk?.unmount();
    await server.stop();
  };
  return { url: `http://127.0.0.1:${port}`, disk: disk?.directory ?? null, stop };
}

export interface S3Options {
  certificate?: Certificate;
  /** A bucket of this name is there, and nothing may be written. */
  readOnlyBucket?: string;
  /** On a disk of this size, where one can be mounted; it is the program then. */
  diskBytes?: number;
}

/** PEM files; the service then uses https. */
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
