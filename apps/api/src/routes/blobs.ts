import { createArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/core';
import type { ProjectRuns } from '@toogit/runs';
import type { FastifyBaseLogger } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reportingLoss, reportLoss } from '../lost-artifacts.js';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { digest } from '../schemas/values.js';
import type { Services } from '../services.js';

/** Whoever has the URL needs no key, so it lasts as long as it takes to follow it. A download that has begun goes on. */
const urlLifetimeSeconds = 60;

const bytes = z.unknown().meta({ type: 'string', format: 'binary' });

export const blobRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { blobs } = services;
  const artifacts = createArtifactStore(blobs);

  app.get(
    '/blobs/:digest',
    {
      config: projectRead,
      schema: {
        operationId: 'getBlob',
        tags: ['artifacts'],
        summary: 'Download bytes by their sha256',
        description:
          'Where the storage can, the answer is a redirect to it: check the sha256 of what arrives. Else the bytes are checked on the way, and an answer that ends before its content-length was another blob.',
        params: z.object({ digest }),
        querystring: z.strictObject({
          artifact: digest
            .optional()
            .describe('Artifact that holds the blob; the answer then has the media type of that part.'),
        }),
        response: {
          200: {
            description: 'The bytes.',
            content: { 'application/octet-stream': { schema: bytes }, '*/*': { schema: bytes } },
          },
          302: z.undefined().describe('To a URL of the storage, valid for a minute.'),
          ...failures('NOT_FOUND', 'ARTIFACT_MISSING', 'ARTIFACT_CORRUPT', 'STORAGE_UNAVAILABLE'),
        },
      },
    },
    async (request, reply) => {
      const { digest } = request.params;
      const { mediaType, bytes } = await find(request.runs, digest, request.query.artifact);
      const size = await reportingLoss(services, request.log, () => verifiedSize(digest, bytes));
      const location = await blobs.downloadUrl(digest, urlLifetimeSeconds);
      if (location !== null) return reply.redirect(location, 302);
      const body = await blobs.stream(digest);
      // The answer is under way by then: that it breaks off is all that the client learns.
      body.once('error', (error) => void damaged(digest, error, request.log));
      return reply
        .headers({
          'content-type': mediaType,
          'content-length': size,
          etag: `"${digest}"`,
          'cache-control': 'private, max-age=31536000, immutable',
          'content-security-policy': 'sandbox allow-scripts',
        })
        .send(body);
    },
  );

  /** An artifact lists the blob, so it should be there, of that size. A manifest, which is small, is read to be sure. */
  async function verifiedSize(digest: string, bytes: number | null): Promise<number> {
    if (bytes === null) return (await artifacts.readBytes({ name: 'manifest', sha256: digest })).length;
    const size = await blobs.size(digest);
    if (size === bytes) return size;
    if (size === null) throw new ToogitError('ARTIFACT_MISSING', `Blob ${digest} is lost.`, { digest });
    await blobs.quarantine(digest);
    throw new ToogitError('ARTIFACT_CORRUPT', `Blob ${digest} has ${size} bytes instead of ${bytes}.`, {
      digest,
    });
  }

  async function damaged(digest: string, error: unknown, log: FastifyBaseLogger): Promise<void> {
    try {
      if (ToogitError.from(error).code === 'ARTIFACT_CORRUPT') await blobs.quarantine(digest);
      await reportLoss(services, log, error);
    } catch (failure) {
      log.error({ err: failure, digest }, 'the loss of a blob could not be reported');
    }
  }
};

/** Only what belongs to an artifact that the caller sees is there; `bytes` is null of manifests. @throws NOT_FOUND */
const partsAreListed = 'GET /v1/artifacts/:digest lists the parts of an artifact with their digests.';

async function find(
  runs: ProjectRuns,
  digest: string,
  artifactDigest: string | undefined,
): Promise<{ mediaType: string; bytes: number | null }> {
  if (artifactDigest === undefined) {
    const found = await runs.findBlob(digest);
    if (found) return { mediaType: 'application/octet-stream', ...found };
    throw new ToogitError('NOT_FOUND', `There is no blob ${digest}.`, { next: partsAreListed });
  }
  const artifact = await runs.getArtifact(artifactDigest);
  if (artifactDigest === digest) return { mediaType: 'application/json', bytes: null };
  const part = artifact.parts.find(({ sha256 }) => sha256 === digest);
  if (!part) {
    throw new ToogitError('NOT_FOUND', `Artifact ${artifactDigest} holds no part ${digest}.`, {
      next: partsAreListed,
    });
  }
  return part;
}
