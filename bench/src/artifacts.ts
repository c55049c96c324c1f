import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createArtifactStore, openBlobStore } from '@toogit/artifacts';
import { startS3, type TestS3 } from '@toogit/testkit';
import { median, range } from './statistics.js';

export interface ArtifactsOptions {
  json: boolean;
  rounds: string;
}

/** 64 MiB. */
const shape = [4096, 4096];
const bucket = 'bench';
const note = (line: string) => process.stderr.write(`${line}\n`);

/** Puts these values under a new name and gets them back; milliseconds of each. */
type Contestant = (values: Float32Array, round: number) => Promise<{ put: number; get: number }>;

interface Row {
  operation: 'put' | 'get';
  peer: string;
  /** Milliseconds, medians. */
  oursMs: number;
  peerMs: number;
  /** peer time / ours: median over the rounds, and the range. */
  ratio: number;
  spread: [number, number];
}

/**
 * Both verify what they read and write: we by sha256, which is the blob's name; the bare client by the checksum that it
 * computes by default (`crc32`) or by sha256. They take turns on one service, who goes first changing from round to round.
 */
export async function artifacts({ json, rounds }: ArtifactsOptions): Promise<void> {
  const service = await startS3();
  if (!service) throw new Error('There is no Docker, and no versitygw on PATH or in TOOGIT_VERSITYGW.');
  try {
    const client = openClient(service);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const contestants = {
      ours: await throughStore(service),
      crc32: throughClient(client, 'CRC32'),
      sha256: throughClient(client, 'SHA256'),
    };
    const rows = compare(await takeTurns(contestants, Number(rounds)));
    print(rows, json);
  } finally {
    await service.stop();
  }
}

function openClient({ endpoint, region, accessKeyId, secretAccessKey }: TestS3): S3Client {
  return new S3Client({
    ...{ endpoint, region, forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  });
}

async function throughStore(service: TestS3): Promise<Contestant> {
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  const blobs = await openBlobStore({
    ...{
      driver: 's3',
      bucket,
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      pathStyle: true,
      caFile: null,
    },
  });
  const store = createArtifactStore(blobs);
  return async (data) => {
    let part = await store.writeBytes('warm', 'text/plain', new Uint8Array(1));
    const put = await timed(async () => {
      part = await store.writeTensors('values', { values: { dtype: 'float32', shape, data } });
    });
    const get = await timed(async () => {
      const { values } = await store.readTensors(part);
      requireEqual(values?.data[7], data[7]);
    });
    return { put, get };
  };
}

function throughClient(client: S3Client, checksum: 'CRC32' | 'SHA256'): Contestant {
  return async (data, round) => {
    const object = { Bucket: bucket, Key: `bare/${checksum}-${round}` };
    const Body = new Uint8Array(data.buffer);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'warm', Body: new Uint8Array(1) }));
    const put = await timed(async () => {
      await client.send(new PutObjectCommand({ ...object, Body, ChecksumAlgorithm: checksum }));
    });
    const get = await timed(async () => {
      const answer = await client.send(new GetObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
      const bytes = await answer.Body?.transformToByteArray();
      requireEqual(bytes?.[28], Body[28]);
    });
    return { put, get };
  };
}

type Times = Record<string, { put: number; get: number }[]>;

async function takeTurns(contestants: Record<string, Contestant>, rounds: number): Promise<Times> {
  const names = Object.keys(contestants);
  const times: Times = Object.fromEntries(names.map((name) => [name, []]));
  const values = Float32Array.from({ length: 4096 * 4096 }, Math.random);
  // The first round is not counted.
  for (let round = 0; round <= rounds; round++) {
    values[0] = round + 1;
    const order = names.map((_, index) => names[(index + round) % names.length] as string);
    for (const name of order) {
      const time = await (contestants[name] as Contestant)(values, round);
      if (round > 0) times[name]?.push(time);
    }
    const shown = names.map((name) => {
      const { put = 0, get = 0 } = times[name]?.at(-1) ?? {};
      return `${name} ${put.toFixed(0)}/${get.toFixed(0)} ms`;
    });
    if (round > 0) note(`  round ${round}/${rounds}: put/get ${shown.join(', ')}`);
  }
  return times;
}

function compare({ ours = [], ...others }: Times): Row[] {
  return (['put', 'get'] as const).flatMap((operation) =>
    Object.entries(others).map(([peer, times]) => {
      const ratios = times.map((time, round) => time[operation] / (ours[round]?.[operation] ?? Number.NaN));
      return {
        ...{ operation, peer },
        oursMs: median(ours.map((time) => time[operation])),
        peerMs: median(times.map((time) => time[operation])),
        ratio: median(ratios),
        spread: range(ratios),
      };
    }),
  );
}

/** The headline is the worst row against the peer that verifies by sha256, as we do. */
function print(rows: Row[], json: boolean): void {
  for (const { operation, peer, oursMs, peerMs, ratio, spread } of rows) {
    note(
      `${operation} against ${peer.padEnd(6)} ours ${oursMs.toFixed(0)} ms, peer ${peerMs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (${spread.map((r) => r.toFixed(2)).join(' to ')})`,
    );
  }
  const { oursMs, peerMs, ratio, spread } = rows
    .filter(({ peer }) => peer === 'sha256')
    .reduce((worst, row) => (row.ratio < worst.ratio ? row : worst));
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ name: 'artifacts', ours: oursMs, peer: peerMs, ratio, spread, rows })}\n`,
    );
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function requireEqual(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`Read ${actual} where ${expected} was written.`);
}
