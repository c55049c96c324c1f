import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ToogitError } from '@toogit/core';
import { fileError, makeDirectory } from '../files.js';
import { formatBytes } from '../format.js';
import type { CommandContext } from './context.js';

interface PullOptions {
  step?: string;
  out: string;
}

interface Pulled {
  digest: string;
  type: string;
  directory: string;
  bytes: number;
}

/** Downloads one artifact, or those of an experiment, each into a directory of its own: manifest.json and parts. */
export async function artifactsPull(
  context: CommandContext,
  what: string,
  options: PullOptions,
): Promise<void> {
  const { terminal, json } = context;
  const pulled: Pulled[] = [];
  for (const { digest, directory } of await chosen(context, what, options)) {
    const artifact = await pull(context, digest, directory);
    pulled.push(artifact);
    if (!json) terminal.out(`${artifact.type}  ${formatBytes(artifact.bytes)}  ${artifact.directory}`);
  }
  if (json) terminal.out(JSON.stringify(pulled));
}

async function chosen({ client }: CommandContext, what: string, { step, out }: PullOptions) {
  if (/^[0-9a-f]{64}$/.test(what)) return [{ digest: what, directory: join(out, what.slice(0, 16)) }];
  const artifacts = await client.listArtifacts(what);
  const wanted = artifacts.filter((artifact) => step === undefined || artifact.step === step);
  if (wanted.length === 0) {
    const names = [...new Set(artifacts.flatMap((artifact) => artifact.step ?? []))];
    throw new ToogitError('NOT_FOUND', `There are no artifacts${step ? ` of step ${step}` : ''} yet.`, {
      details: names.map((name) => ({ path: name, message: 'has artifacts' })),
    });
  }
  return wanted.map(({ digest, step: name }) => ({
    digest,
    directory: join(out, directoryName(name ?? 'artifact'), directoryName(digest.slice(0, 16))),
  }));
}

async function pull({ client }: CommandContext, digest: string, directory: string): Promise<Pulled> {
  const artifact = await client.getArtifact(digest);
  await makeDirectory(directory);
  let bytes = await download(
    await client.download(artifact.manifestUrl),
    digest,
    join(directory, 'manifest.json'),
  );
  for (const part of artifact.parts) {
    const file = join(directory, `${fileName(part.name)}${extension(part.mediaType, part.name)}`);
    bytes += await download(await client.download(part.url), part.sha256, file);
  }
  return { digest, type: artifact.type, directory, bytes };
}

/** A step's name holds `/` where a matrix varies fractions; whatever it holds, the directory is one below the target. */
function directoryName(step: string): string {
  return step.replaceAll(/[/\\\0]/g, '_').replace(/^\.+/, '_');
}

/** Parts are named by the service, which may be a false one: a name is a file in the artifact's directory, never a path. */
function fileName(part: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(part) && part !== 'manifest.json') return part;
  throw new ToogitError(
    'SERVICE_UNTRUSTED',
    `The service names a part ${JSON.stringify(part)}, which is no file name.`,
  );
}

function extension(mediaType: string, name: string): string {
  return mediaType === 'application/vnd.safetensors' && !name.includes('.') ? '.safetensors' : '';
}

/** Streams to a file, which takes its name only when the digest was right. Returns its size in bytes. */
async function download(body: ReadableStream<Uint8Array>, sha256: string, file: string): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const partial = `${file}.part`;
  const target = createWriteStream(partial);
  await pipeline(Readable.fromWeb(body), meter, target).catch((error) => {
    throw target.errored
      ? fileError('FILE_UNWRITABLE', `${partial} can't be written`, target.errored)
      : error;
  });
  if (hash.digest('hex') !== sha256) {
    await rm(partial);
    throw new ToogitError('ARTIFACT_CORRUPT', `What arrived for ${file} has not the digest ${sha256}.`);
  }
  await rename(partial, file);
  return bytes;
}
