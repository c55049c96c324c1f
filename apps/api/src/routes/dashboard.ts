import etag from '@fastify/etag';
import { figures } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import { figuresCsv, figuresSvg, summaryCsv, summarySvg, unitsOf } from '@toogit/report';
import type { ProjectRuns } from '@toogit/runs';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import {
  type DashboardFigure,
  type DashboardKind,
  type DashboardQuery,
  dashboardFigures,
  dashboardKinds,
  dashboardSummary,
  galleriesOf,
} from '../dashboard-figures.js';
import { projectRead } from '../route-access.js';
import {
  dashboardAnswer,
  drawingQuery,
  figureQuery,
  summaryDrawingQuery,
  summaryQuery,
  dashboardSummary as summarySchema,
  text,
} from '../schemas/dashboard.js';
import { failures } from '../schemas/error.js';
import { componentName } from '../schemas/figure-components.js';
import type { Services } from '../services.js';

type FigureQuery = z.output<typeof figureQuery>;

const tags = ['dashboard'];
const svgType = 'image/svg+xml';
const csvType = 'text/csv';
const svgAnswer = text('A drawing that stands on its own.', svgType);
const csvAnswer = text('Every number, a line each, under a line of names.', csvType);

/** What a page about all experiments shows: each figure as numbers, as a drawing, as a table. */
export const dashboardRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  await app.register(etag);
  // They change whenever a job ends: clients revalidate each time, and get 304 when nothing has changed.
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-cache');
  });

  app.get(
    '/dashboard/summary',
    {
      config: projectRead,
      schema: {
        ...{ operationId: 'getDashboardSummary', tags, querystring: summaryQuery },
        summary: 'Experiments and jobs by state, and the newest numbers of each study',
        response: { 200: summarySchema, ...failures() },
      },
    },
    async (request) => await dashboardSummary(request.runs),
  );
  app.get(
    '/dashboard/summary.svg',
    {
      config: projectRead,
      schema: {
        ...{ operationId: 'getDashboardSummarySvg', tags, querystring: summaryDrawingQuery },
        summary: 'The same, drawn',
        response: { 200: svgAnswer, ...failures() },
      },
    },
    async (request, reply) =>
      reply
        .headers(drawingHeaders)
        .type(`${svgType}; charset=utf-8`)
        .send(summarySvg(await dashboardSummary(request.runs), request.query.theme)),
  );
  app.get(
    '/dashboard/summary.csv',
    {
      config: projectRead,
      schema: {
        ...{ operationId: 'getDashboardSummaryCsv', tags, querystring: summaryQuery },
        summary: 'Its numbers of each study, as CSV',
        response: { 200: csvAnswer, ...failures() },
      },
    },
    async (request, reply) =>
      reply.type(`${csvType}; charset=utf-8`).send(summaryCsv(await dashboardSummary(request.runs))),
  );

  for (const kind of dashboardKinds) {
    const summary = figures[kind].dashboard?.summary ?? kind;
    const operationId = `getDashboard${componentName(kind)}`;
    app.get(
      `/dashboard/${kind}`,
      {
        config: projectRead,
        schema: {
          ...{ operationId, tags, querystring: figureQuery },
          summary,
          response: { 200: dashboardAnswer(kind), ...failures('ID_AMBIGUOUS') },
        },
      },
      async (request) => answerOf(kind, await dashboardFigures(request.runs, kind, await queryOf(request))),
    );
    app.get(
      `/dashboard/${kind}.svg`,
      {
        config: projectRead,
        schema: {
          ...{ operationId: `${operationId}Svg`, tags, querystring: drawingQuery },
          summary: `${summary}: drawn`,
          response: {
            200: svgAnswer,
            ...failures('ID_AMBIGUOUS', 'ARTIFACT_MISSING', 'STORAGE_UNAVAILABLE'),
          },
        },
      },
      async (request, reply) => {
        const found = await dashboardFigures(request.runs, kind, await queryOf(request));
        const galleries = await galleriesOf(services, request, found);
        const svg = figuresSvg(found, { grids: new Map(), galleries }, request.query.theme);
        return reply.headers(drawingHeaders).type(`${svgType}; charset=utf-8`).send(svg);
      },
    );
    app.get(
      `/dashboard/${kind}.csv`,
      {
        config: projectRead,
        schema: {
          ...{ operationId: `${operationId}Csv`, tags, querystring: figureQuery },
          summary: `${summary}: as CSV`,
          response: { 200: csvAnswer, ...failures('ID_AMBIGUOUS') },
        },
      },
      async (request, reply) =>
        reply
          .type(`${csvType}; charset=utf-8`)
          .send(figuresCsv(await dashboardFigures(request.runs, kind, await queryOf(request)))),
    );
  }
};

/** A drawing may stand on any page; opened by itself it runs nothing. */
const drawingHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
};

async function queryOf({ query, runs }: { query: FigureQuery; runs: ProjectRuns }): Promise<DashboardQuery> {
  const { experiment, study, architecture, epsilon, seed, limit } = query;
  const experiments = experiment?.map((id) => runs.resolveExperimentId(id).catch(matchingNothing(id)));
  return {
    limit,
    ...(experiments === undefined ? {} : { experiments: await Promise.all(experiments) }),
    ...(study === undefined ? {} : { study }),
    ...(architecture === undefined ? {} : { architectures: architecture }),
    ...(epsilon === undefined ? {} : { epsilons: epsilon }),
    ...(seed === undefined ? {} : { seeds: seed }),
  };
}

/** A filter by an id that nothing has is no mistake: it shows nothing. */
function matchingNothing(id: string) {
  return (error: unknown) => {
    if (ToogitError.from(error).code === 'NOT_FOUND') return id;
    throw error;
  };
}

function answerOf(kind: DashboardKind, figures: readonly DashboardFigure[]) {
  return {
    kind,
    units: unitsOf(kind),
    figures: figures.map(({ experimentId, experiment, rowsPlanned, figure }) => {
      const { name, study, profile, state } = experiment;
      const rows = figure.rows.map((row) => ({ experimentId, ...row }));
      return { experimentId, name, study, profile, state, rowsPlanned, ...figure, rows };
    }),
  };
}
