import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { type PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ToogitError } from '@toogit/core';
import pRetry from 'p-retry';

export interface S3Options {
  bucket: string;
  /** What the names of all objects begin with; '' unless given. */
  prefix?: string;
  region: string;
  /** URL of an S3-compatible service; null is AWS. */
  endpoint: string | null;
  /** Where those who download reach the same service, if elsewhere: download URLs name it. */
  publicEndpoint?: string | null;
  /** null, both of them: AWS's own chain (environment, profile, web identity, the machine's role). */
  accessKeyId: string | null;
  secretAccessKey: string | null;
  /** Whether the bucket goes into the path instead of the host name, as most services but AWS require. */
  pathStyle: boolean;
  /** PEM file of a certificate authority to trust beside the usual ones. */
  caFile: string | null;
  /** A connection on which nothing moves for so long is given up; 30 s unless given. */
  silentMs?: number;
}

/** Requests at once to one host; a multipart upload takes four of them. */
const maxSockets = 64;

/** How often a request is sent at most: network errors, 5xx and throttling are tried again, with growing pauses. */
const maxAttempts = 4;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** @throws CONFIG_INVALID if the CA file cannot be read. */
export function openS3Client(options: S3Options): S3Client {
  const { accessKeyId, secretAccessKey } = options;
  return new S3Client({
    region: options.region,
    forcePathStyle: options.pathStyle,
    maxAttempts,
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
    ...(accessKeyId !== null && secretAccessKey !== null
      ? { credentials: { accessKeyId, secretAccessKey } }
      : {}),
    // It would print that a stream is not sent twice, which `retrying` sees to.
    logger: silent,
    // Blobs are verified against their digest here; the client's own check would report damage as a network error.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: options.silentMs ?? 30_000,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets, ...trusted(options.caFile) },
    },
  });
}

function trusted(caFile: string | null): { ca?: string[] } {
  if (caFile === null) return {};
  try {
    return { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ToogitError('CONFIG_INVALID', `S3_CA_FILE cannot be read: ${reason}`, {
      cause,
      details: [{ path: 'S3_CA_FILE', message: 'must be a readable PEM file' }],
    });
  }
}

/** The signature covers this digest of the body, which the service compares with what it receives. */
export function signedWith(command: PutObjectCommand, digest: string): PutObjectCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = digest;
      return next(args);
    },
    { step: 'build', name: 'payloadDigest' },
  );
  return command;
}

/** What the client does by itself, for requests whose body is a stream: those it sends once only. */
export async function retrying<T>(send: () => Promise<T>): Promise<T> {
  const shouldRetry = ({ error }: { error: Error }) => mayPass(error);
  return pRetry(send, { retries: maxAttempts - 1, minTimeout: 100, randomize: true, shouldRetry });
}

/** Throttling, failures of the service, and broken connections. */
function mayPass(error: Error): boolean {
  if (error instanceof S3ServiceException) {
    const { httpStatusCode = 0 } = error.$metadata;
    return httpStatusCode >= 500 || httpStatusCode === 429 || error.name === 'RequestTimeout';
  }
  return 'code' in error && broken.has(String(error.code));
}

const broken = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);
