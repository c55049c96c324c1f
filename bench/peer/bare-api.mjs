/**
 * The peer of `npm run bench -- api`: the least that takes an experiment and lists them, over the same table. One insert
 * and one query by Prisma behind Fastify with a JSON schema, and nothing else: no key, no plan, no jobs, no queue, no
 * audit log. Arguments: port, database URL.
 */
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import fastify from 'fastify';
import { PrismaClient } from '../../packages/runs/dist/generated/client.js';

const [port, connectionString] = process.argv.slice(2);
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 10 }) });
const app = fastify();

const spec = {
  type: 'object',
  required: ['name', 'steps'],
  properties: { name: { type: 'string' }, steps: { type: 'object' } },
};
app.post('/experiments', { schema: { body: spec } }, async ({ body }, reply) => {
  const specDigest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const data = { name: body.name, spec: body, resolvedSpec: body, specDigest, state: 'succeeded' };
  const { number, ...experiment } = await prisma.experiment.create({ data });
  return reply.code(201).send(experiment);
});

const query = { type: 'object', properties: { limit: { type: 'integer', minimum: 1, maximum: 200 } } };
const columns = { id: true, name: true, study: true, profile: true, specDigest: true, state: true };
const select = { ...columns, priority: true, pausedAt: true, createdAt: true, finishedAt: true };
app.get('/experiments', { schema: { querystring: query } }, async ({ query: { limit } }) => {
  const orderBy = [{ createdAt: 'desc' }, { id: 'desc' }];
  return { items: await prisma.experiment.findMany({ select, orderBy, take: limit }) };
});

await app.listen({ host: '127.0.0.1', port: Number(port) });
