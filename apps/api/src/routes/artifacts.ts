import { createArtifactStore } from '@toogit/artifacts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reportingLoss } from '../lost-artifacts.js';
import { projectRead } from '../route-access.js';
import { artifactDetail } from '../schemas/artifact.js';
import { failures } from '../schemas/error.js';
import { digest } from '../schemas/values.js';
import type { Services } from '../services.js';

export const artifactRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const artifacts = createArtifactStore(services.blobs);

  app.get(
    '/artifacts/:digest',
    {
      config: projectRead,
      schema: {
        operationId: 'getArtifact',
        tags: ['artifacts'],
        summary: 'A manifest and where to download its parts',
        params: z.object({ digest }),
        querystring: z.strictObject({}),
        response: {
          200: artifactDetail,
          ...failures('NOT_FOUND', 'ARTIFACT_MISSING', 'ARTIFACT_CORRUPT', 'STORAGE_UNAVAILABLE'),
        },
      },
    },
    async (request) => {
      const { jobKey, bytes } = await request.runs.getArtifact(request.params.digest);
      const manifest = await reportingLoss(services, request.log, () =>
        artifacts.readManifest(request.params.digest),
      );
      const url = (sha256: string) => `/v1/blobs/${sha256}?artifact=${request.params.digest}`;
      return {
        digest: request.params.digest,
        type: manifest.type,
        jobKey,
        bytes,
        meta: manifest.meta,
        manifestUrl: url(request.params.digest),
        parts: manifest.parts.map((part) => ({ ...part, url: url(part.sha256) })),
      };
    },
  );
};
