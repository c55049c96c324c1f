import { createArtifactStore } from '@toogit/artifacts';
import { jobKinds } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { ArtifactView, JobStatus, ProjectRuns } from '@toogit/runs';
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
      const { reports, digests } = await reportsAndArtifacts(runs, id);
      const chosen = await runs.getArtifact(chooseReport(id, reports, request.query.step));
      if (request.query.format === 'json') {
        return reply.type('application/json').send(reportOf(id, chosen, digests));
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

/** The report jobs of an experiment, and the digests of its artifacts by step. */
async function reportsAndArtifacts(runs: ProjectRuns, id: string) {
  const reports: JobStatus[] = [];
  const digests = new Map<string, string[]>();
  for await (const page of runs.jobStatusPages(id)) {
    for (const job of page.jobs) {
      if (job.kind === 'report') reports.push(job);
      if (job.artifactDigest !== null) inList(digests, job.step ?? job.key).push(job.artifactDigest);
    }
  }
  return { reports, digests };
}

function inList(lists: Map<string, string[]>, name: string): string[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** The digest of its artifact. */
function chooseReport(id: string, jobs: JobStatus[], step: string | undefined): string {
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
  if (job.artifactDigest === null)
    throw new ToogitError('CONFLICT', `The report is not finished: its job is ${job.state}.`, {
      next: 'Wait until the experiment has ended (`toogit watch`), or retry it if it has failed.',
    });
  return job.artifactDigest;
}

/** The artifact is content-addressed, so it can't know the experiment: that is added here. */
function reportOf(experimentId: string, chosen: ArtifactView, digests: Map<string, string[]>) {
  const result = jobKinds.report.result.safeParse(chosen.meta);
  if (!result.success) {
    throw new ToogitError(
      'CONFLICT',
      'This report was made by an earlier version: submit its spec again; only the report is made anew.',
    );
  }
  return { ...result.data, experimentId, artifacts: numbered(digests) };
}

/** A step that was cut into blocks has several artifacts, numbered in order: `attack/0`, `attack/1`, … */
function numbered(digests: Map<string, string[]>): Record<string, string> {
  const named = [...digests].flatMap(([step, list]) =>
    list.map((digest, index) => [list.length > 1 ? `${step}/${index}` : step, digest]),
  );
  return Object.fromEntries(named);
}
