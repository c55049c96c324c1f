import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { httpStatus, isNoSuchKey } from './s3-error.js';

/** Writes `owner` into the object unless another is there; returns whichever it is. Of two at once the first has it. */
export async function claimObject(
  client: S3Client,
  object: { Bucket: string; Key: string },
  owner: string,
): Promise<string> {
  const held = await read(client, object);
  if (held !== null) return held;
  await client
    .send(new PutObjectCommand({ ...object, Body: owner, ContentType: 'text/plain', IfNoneMatch: '*' }))
    .catch((error: unknown) => {
      if (![409, 412].includes(httpStatus(error) ?? 0)) throw error;
    });
  return (await read(client, object)) ?? owner;
}

async function read(client: S3Client, object: { Bucket: string; Key: string }): Promise<string | null> {
  try {
    const { Body } = await client.send(new GetObjectCommand(object));
    return (await Body?.transformToString()) ?? null;
  } catch (error) {
    if (isNoSuchKey(error)) return null;
    throw error;
  }
}
