import { ToogitError } from '@toogit/errors';
import type { ProjectRuns } from '@toogit/runs';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reportingLoss } from '../lost-artifacts.js';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { digest } from '../schemas/values.js';
import type { Services } from '../services.js';

/** Whoever has the URL needs no key, so it lasts as long as it takes to follow it. A download that has begun goes on. */
const urlLifetimeSeconds = 60;

const bytes = z.unknown().meta({ type: 'string', format: 'binary' });

export const blobRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { blobs } = services;

  app.get(
    '/blobs/:digest',
    {
      config: projectRead,
      schema: {
        operationId: 'getBlob',
        tags: ['artifacts'],
        summary: 'Download bytes by their sha256',
        description:
          'Check the sha256 of what arrives. Where the storage can, the answer is a redirect to it.',
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
          ...failures('NOT_FOUND', 'ARTIFACT_MISSING', 'STORAGE_UNAVAILABLE'),
        },
      },
    },
    async (request, reply) => {
      const { digest } = request.params;
      const mediaType = await mediaTypeOf(request.runs, digest, request.query.artifact);
      const size = await reportingLoss(services, request.log, () => sizeOf(digest));
      const location = await blobs.downloadUrl(digest, urlLifetimeSeconds);
      if (location !== null) return reply.redirect(location, 302);
      return reply
        .headers({
          'content-type': mediaType,
          'content-length': size,
          etag: `"${digest}"`,
          'cache-control': 'private, max-age=31536000, immutable',
          'content-security-policy': 'sandbox allow-scripts',
        })
        .send(await blobs.stream(digest));
    },
  );

  /** An artifact lists the blob, so it should be there. */
  async function sizeOf(digest: string): Promise<number> {
    const size = await blobs.size(digest);
    if (size !== null) return size;
    throw new ToogitError('ARTIFACT_MISSING', `Blob ${digest} is lost.`, { digest });
  }
};

/** Only what belongs to an artifact that the caller sees is there. @throws NOT_FOUND */
async function mediaTypeOf(
  runs: ProjectRuns,
  digest: string,
  artifactDigest: string | undefined,
): Promise<string> {
  if (artifactDigest === undefined) {
    if (await runs.holdsBlob(digest)) return 'application/octet-stream';
    throw new ToogitError('NOT_FOUND', `There is no blob ${digest}.`);
  }
  const artifact = await runs.getArtifact(artifactDigest);
  if (artifactDigest === digest) return 'application/json';
  const part = artifact.parts.find(({ sha256 }) => sha256 === digest);
  if (!part) throw new ToogitError('NOT_FOUND', `Artifact ${artifactDigest} holds no part ${digest}.`);
  return part.mediaType;
}
