import { artifactTypes } from '@toogit/catalogue';
import { z } from 'zod';
import { digest, nextCursor } from './values.js';

const part = {
  name: z.string(),
  sha256: digest,
  bytes: z.number(),
  mediaType: z.string(),
};

export const artifact = z
  .object({
    digest: digest.describe('sha256 of the manifest.'),
    type: z.string().describe(`One of ${artifactTypes.join(', ')}.`),
    jobKey: digest,
    step: z.string().nullable(),
    bytes: z.number().describe('Manifest and parts together.'),
    meta: z.unknown().describe('What its job kind declares as its result.'),
    parts: z.array(z.object(part)),
  })
  .meta({ id: 'Artifact' });

export const artifactList = z.object({ items: z.array(artifact), nextCursor }).meta({ id: 'ArtifactList' });

const tensor = z.object({ dtype: z.enum(['float32', 'int32', 'uint8']), shape: z.array(z.int()) });

export const artifactDetail = z
  .object({
    digest,
    type: z.string(),
    jobKey: digest,
    bytes: z.number(),
    meta: z.unknown(),
    manifestUrl: z.string().describe('Path of the manifest itself, whose sha256 is the digest.'),
    parts: z.array(
      z.object({
        ...part,
        tensors: z.record(z.string(), tensor).optional().describe('What a safetensors part holds.'),
        url: z.string().describe('Path to download the part from, relative to the API.'),
      }),
    ),
  })
  .meta({ id: 'ArtifactDetail', description: 'A manifest, and where to download what it lists.' });
