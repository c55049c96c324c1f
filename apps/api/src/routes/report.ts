import { createArtifactStore } from '@toogit/artifacts';
import { ToogitError } from '@toogit/errors';
import { jobKinds } from '@toogit/jobs';
import type { ArtifactView, ProjectRuns } from '@toogit/runs';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reportingLoss } from '../lost-artifacts.js';
import { projectRead } from '../route-access.js';
import { failures } from '../schemas/error.js';
import { report } from '../schemas/report.js';
import { experimentId } from '../schemas/values.js';
import type { Services } from '../services.js';

const query = z.strictObject({
  format: z.enum(['json', 'html']).default('json'),
  step: z.string().min(1).max(500).optional().describe('Which report, where a spec has several.'),
});

export const reportRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const store = createArtifactStore(services.blobs);

  app.get(
    '/experiments/:id/report',
    {
      config: projectRead,
      schema: {
        operationId: 'getReport',
        tags: ['experiments'],
        summary: 'Its report, as numbers or as a page',
        params: experimentId,
        querystring: query,
        response: {
          200: {
            description: 'The report.',
            content: { 'application/json': { schema: report }, 'text/html': { schema: z.string() } },
          },
          ...failures(
            'NOT_FOUND',
            'ID_AMBIGUOUS',
            'CONFLICT',
            'ARTIFACT_MISSING',
            'ARTIFACT_CORRUPT',
            'STORAGE_UNAVAILABLE',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { runs } = request;
      const artifacts = await runs.listArtifacts(id);
      const chosen = await chooseReport(runs, id, artifacts, request.query.step);
      if (request.query.format === 'json') {
        return reply.type('application/json').send(reportOf(id, chosen, artifacts));
      }
      const page = chosen.parts.find(({ mediaType }) => mediaType.startsWith('text/html'));
      if (!page) {
        throw new ToogitError('NOT_FOUND', 'This report has no page.', {
          next: 'Take ?format=json instead.',
        });
      }
      const bytes = await reportingLoss(services, request.log, () => store.readBytes(page));
      return reply
        .headers({
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': 'sandbox allow-scripts',
        })
        .send(Buffer.from(bytes).toString('utf8'));
    },
  );
};

async function chooseReport(
  runs: ProjectRuns,
  id: string,
  artifacts: ArtifactView[],
  step: string | undefined,
): Promise<ArtifactView> {
  const jobs = (await runs.listJobs(id)).filter((job) => job.kind === 'report');
  const wanted = step === undefined ? jobs : jobs.filter((job) => job.step === step);
  const [job] = wanted;
  if (!job) {
    throw new ToogitError('NOT_FOUND', `Experiment ${id} has no report${step ? ` ${step}` : ''}.`, {
      next:
        jobs.length === 0
          ? 'Add a step of kind report to the spec and submit it again; what is computed is not computed twice.'
          : `Choose one of its reports: ${jobs.map((each) => each.step ?? each.key).join(', ')}.`,
    });
  }
  if (wanted.length > 1) {
    throw new ToogitError('REQUEST_INVALID', `Experiment ${id} has ${wanted.length} reports.`, {
      next: 'Choose one of them with ?step=, or --step on the command line.',
      details: wanted.map((each) => ({
        path: 'querystring.step',
        message: 'names one of them',
        suggestion: each.step ?? each.key,
      })),
    });
  }
  const artifact = artifacts.find(({ digest }) => digest === job.artifactDigest);
  if (!artifact)
    throw new ToogitError('CONFLICT', `The report is not finished: its job is ${job.state}.`, {
      next: 'Wait until the experiment has ended (`toogit watch`), or retry it if it has failed.',
    });
  return artifact;
}

/** The artifact is content-addressed, so it can't know the experiment: that is added here. */
function reportOf(experimentId: string, chosen: ArtifactView, artifacts: ArtifactView[]) {
  const result = jobKinds.report.result.safeParse(chosen.meta);
  if (!result.success) {
    throw new ToogitError(
      'CONFLICT',
      'This report was made by an earlier version: submit its spec again; only the report is made anew.',
    );
  }
  return { ...result.data, experimentId, artifacts: digestsByStep(artifacts) };
}

/** A step that was cut into blocks has several artifacts, numbered in order: `attack/0`, `attack/1`, … */
function digestsByStep(artifacts: ArtifactView[]): Record<string, string> {
  const byStep = new Map<string, string[]>();
  for (const { step, jobKey, digest } of artifacts) {
    const name = step ?? jobKey;
    byStep.set(name, [...(byStep.get(name) ?? []), digest]);
  }
  const named = [...byStep].flatMap(([step, digests]) =>
    digests.map((digest, index) => [digests.length > 1 ? `${step}/${index}` : step, digest]),
  );
  return Object.fromEntries(named);
}
