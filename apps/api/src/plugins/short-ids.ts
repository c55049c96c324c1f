import fp from 'fastify-plugin';

/** The beginning of an id stands for the whole one wherever a path takes an experiment or a job. */
export const shortIds = fp(
  async (app) => {
    app.addHook('preHandler', async (request) => {
      const { routeOptions, params } = request;
      const { url = '' } = routeOptions;
      if (url.startsWith('/v1/experiments/:id')) {
        const named = params as { id: string };
        named.id = await request.runs.resolveExperimentId(named.id);
      } else if (url.startsWith('/v1/jobs/:key')) {
        const named = params as { key: string };
        named.key = await request.runs.resolveJobKey(named.key);
      }
    });
  },
  { name: 'short-ids', dependencies: ['access'] },
);
