import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Page, PageQuery } from '../src/cursor.js';
import { startRuns } from './database.js';

const database = await startRuns();
const { runs } = database;
afterAll(() => database.stop());

/** A list of the service, and how its rows come and go. Times are few, so that many rows have the same one. */
interface List {
  read(query: PageQuery): Promise<Page<{ id: string }>>;
  insert(n: number, second: number): Promise<unknown>;
  remove(n: number): Promise<unknown>;
  idOf(n: number): string;
}

const hash = (n: number) => createHash('sha256').update(`${n}`).digest('hex');
const uuidOf = (n: number) => hash(n).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
const at = (second: number) => new Date(1_800_000_000_000 + 1000 * second);

const lists: Record<string, List> = {
  experiments: {
    read: (query) => runs.listExperiments(query),
    insert: (n, second) =>
      database.query(
        "INSERT INTO experiments (id, name, spec, resolved_spec, spec_digest, created_at) VALUES ($1, 'x', '{}', '{}', 'x', $2)",
        [uuidOf(n), at(second)],
      ),
    remove: (n) => database.query('DELETE FROM experiments WHERE id = $1', [uuidOf(n)]),
    idOf: uuidOf,
  },
  'failed jobs': {
    read: async (query) => {
      const page = await runs.listFailedJobs(query);
      return { ...page, items: page.items.map(({ key }) => ({ id: key })) };
    },
    insert: (n, second) =>
      database.query(
        `INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes, max_attempts,
          state, finished_at) VALUES ($1, 'attack', 1, '{}', 1, 'tensor', 0, 1, 1, 1, 'failed', $2)`,
        [hash(n), at(second)],
      ),
    remove: (n) => database.query('DELETE FROM jobs WHERE key = $1', [hash(n)]),
    idOf: hash,
  },
};

const change = fc.record({
  action: fc.constantFrom('insert', 'remove', 'remove the last seen'),
  pick: fc.nat(1_000),
  second: fc.nat(4),
});

describe.each(Object.entries(lists))('pages of %s', (_name, list) => {
  it('hold each row that stays exactly once, whatever comes and goes between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 4 }),
        async (seconds, changes, limit) => {
          await database.query('TRUNCATE experiments, jobs CASCADE');
          let next = 0;
          const present = new Set<number>();
          const insert = async (second: number) => {
            present.add(next);
            await list.insert(next++, second);
          };
          const remove = async (n: number | undefined) => {
            if (n === undefined || !present.delete(n)) return;
            await list.remove(n);
          };
          for (const second of seconds) await insert(second);
          const first = [...present];
          const seen: string[] = [];
          let cursor: string | null = null;
          do {
            const page: Page<{ id: string }> = await list.read({ limit, ...(cursor ? { cursor } : {}) });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            seen.push(...page.items.map(({ id }) => id));
            cursor = page.nextCursor;
            for (const { action, pick, second } of changes.shift() ?? []) {
              if (action === 'insert') await insert(second);
              else if (action === 'remove') await remove([...present][pick % present.size]);
              else await remove([...present].find((n) => list.idOf(n) === seen.at(-1)));
            }
          } while (cursor !== null);
          expect(new Set(seen).size).toBe(seen.length);
          const stayed = first.filter((n) => present.has(n)).map(list.idOf);
          expect(seen).toEqual(expect.arrayContaining(stayed));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuse what no page gave, and what a page of another list gave', async () => {
    const other = Buffer.from('1800000000000 17').toString('base64url');
    for (const cursor of ['', 'x', '-1', uuidOf(1), hash(1), other, `${other}=`, '\u0000']) {
      await expect(list.read({ limit: 1, cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });
});

describe('what an experiment consists of', () => {
  const id = uuidOf(1);
  const read = {
    jobs: (query: PageQuery) => runs.listJobs(id, query),
    metrics: (query: PageQuery) => runs.listMetrics(id, query),
    artifacts: (query: PageQuery) => runs.listArtifacts(id, query),
  };
  const nameOf = (item: object) => {
    const { key, jobKey, name, digest } = item as Record<string, string>;
    return `${key ?? jobKey} ${name ?? digest ?? ''}`;
  };

  /** Jobs in this order, each with so many metrics, and each second one with an artifact. */
  async function store(metrics: number[]) {
    await database.query('TRUNCATE experiments, jobs, artifacts CASCADE');
    await database.query(
      "INSERT INTO experiments (id, name, spec, resolved_spec, spec_digest) VALUES ($1, 'x', '{}', '{}', 'x')",
      [id],
    );
    for (const [place, count] of metrics.entries()) {
      const key = hash(place);
      const digest = place % 2 === 0 ? hash(1000 + place) : null;
      if (digest)
        await database.query("INSERT INTO artifacts (digest, type, bytes) VALUES ($1, 'x', 1)", [digest]);
      await database.query(
        `INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes, max_attempts,
          state, artifact_digest) VALUES ($1, 'attack', 1, '{}', 1, 'tensor', 0, 1, 1, 1, 'succeeded', $2)`,
        [key, digest],
      );
      await database.query('INSERT INTO experiment_jobs VALUES ($1, $2, $3, $4)', [id, key, 'step', place]);
      for (let i = 0; i < count; i++) {
        await database.query(
          "INSERT INTO metrics (job_key, position, name, value, unit, context) VALUES ($1, $2, $3, 1, '1', '{}')",
          [key, i, `metric ${i}`],
        );
      }
    }
  }

  it('comes in the order of its plan, each once, whatever the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (metrics, limit) => {
          await store(metrics);
          const places = metrics.map((_, place) => place);
          const expected = {
            jobs: places.map((place) => `${hash(place)} `),
            metrics: places.flatMap((place) =>
              Array.from({ length: metrics[place] ?? 0 }, (_, i) => `${hash(place)} metric ${i}`),
            ),
            artifacts: places
              .filter((place) => place % 2 === 0)
              .map((place) => `${hash(place)} ${hash(1000 + place)}`),
          };
          for (const list of ['jobs', 'metrics', 'artifacts'] as const) {
            const seen: string[] = [];
            let cursor: string | null = null;
            do {
              const page: Page<object> = await read[list]({ limit, ...(cursor ? { cursor } : {}) });
              expect(page.items.length).toBeLessThanOrEqual(limit);
              seen.push(...page.items.map(nameOf));
              cursor = page.nextCursor;
            } while (cursor !== null);
            expect(seen).toEqual(expected[list]);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('refuses a cursor of another list or experiment', async () => {
    await store([2, 2, 2]);
    const { nextCursor } = await read.jobs({ limit: 1 });
    const cursor = nextCursor ?? '';
    expect((await read.jobs({ limit: 1, cursor })).items).toHaveLength(1);
    const large = Buffer.from(`jobs of ${id} 4294967296`).toString('base64url');
    for (const other of [large, 'x', '', `${cursor}=`]) {
      await expect(read.jobs({ limit: 1, cursor: other })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
    await expect(read.metrics({ limit: 1, cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await expect(read.artifacts({ limit: 1, cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('ends a page of jobs early where their inputs are many', async () => {
    await store([0, 0, 0]);
    const { nextCursor: none } = await read.jobs({ limit: 200 });
    expect(none).toBeNull();
    await database.query(
      `INSERT INTO jobs (key, kind, version, params, seed, resource, depth, estimated_flops, estimated_bytes, max_attempts)
       SELECT 'input ' || n, 'attack', 1, '{}', 1, 'tensor', 0, 1, 1, 1 FROM generate_series(1, 15000) n`,
    );
    await database.query(
      `INSERT INTO job_edges (job_key, role, position, depends_on)
       SELECT key, 'x', n, 'input ' || n FROM unnest($1::text[]) key, generate_series(1, 15000) n`,
      [[hash(0), hash(1)]],
    );
    const first = await read.jobs({ limit: 200 });
    expect(first.items.map(({ inputs }) => inputs.x?.length)).toEqual([15_000]);
    const second = await read.jobs({ limit: 200, cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ inputs }) => inputs.x?.length)).toEqual([15_000, undefined]);
    expect(second.nextCursor).toBeNull();
  });
});

it('pages of the audit log go on where they ended', async () => {
  const entry = { keyId: null, projectId: null, action: 'x', target: null, status: 200 };
  for (let i = 0; i < 7; i++) await runs.access.appendAudit({ ...entry, requestId: `${i}`, address: '::1' });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof runs.access.listAudit>> = await runs.access.listAudit({
      ...{ limit: 3, project: null },
      ...(cursor ? { cursor } : {}),
    });
    seen.push(...page.items.map(({ requestId }) => requestId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen.join('')).toBe('6543210');
});
