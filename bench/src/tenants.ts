import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from './statistics.js';
import { startTenants, type Tenants } from './tenants-services.js';

export interface TenantsOptions {
  json: boolean;
  plans: string;
  idleSeconds: string;
}

/** Milliseconds from when a request was due. */
interface Latency {
  p50: number;
  p99: number;
  max: number;
  requests: number;
}

interface Row {
  /** What the other tenant does. */
  beside: 'nothing' | 'plan' | 'submit';
  seconds: number;
  list: Latency;
  healthz: Latency;
}

/** A request of each kind so often, whether the one before has been answered or not. */
const everyMs = 40;
const note = (line: string) => process.stderr.write(`${line}\n`);

/**
 * One tenant's lists and `/healthz` while another tenant plans, then submits, some 100,000 jobs, several at once. The
 * requests come at fixed times, so that one that is late is not followed by fewer.
 */
export async function tenants({ json, plans, idleSeconds }: TenantsOptions): Promise<void> {
  const services = await startTenants();
  try {
    const atOnce = Array.from({ length: Number(plans) }, (_, i) => i);
    const rows = [
      await measure(services, 'nothing', () => delay(Number(idleSeconds) * 1000)),
      await measure(services, 'plan', () => Promise.all(atOnce.map((i) => services.post('/v1/plans', i)))),
      await measure(services, 'submit', () =>
        Promise.all(atOnce.map((i) => services.post('/v1/experiments', i))),
      ),
    ];
    if (json) process.stdout.write(`${JSON.stringify({ name: 'tenants', ...headline(rows), rows })}\n`);
  } finally {
    await services.stop();
  }
}

async function measure({ get }: Tenants, beside: Row['beside'], work: () => Promise<unknown>): Promise<Row> {
  const startedAt = performance.now();
  const done = new AbortController();
  const [list, healthz] = await Promise.all([
    latencies(() => get('/v1/experiments?limit=50'), done.signal),
    latencies(() => get('/healthz'), done.signal),
    work().finally(() => done.abort()),
  ]);
  const row = { beside, seconds: (performance.now() - startedAt) / 1000, list, healthz };
  const shown = ({ p50, p99, max }: Latency) =>
    `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, max ${max.toFixed(0)} ms`;
  note(
    `  beside ${beside}, ${row.seconds.toFixed(0)} s: list ${shown(row.list)}; /healthz ${shown(row.healthz)}`,
  );
  return row;
}

async function latencies(request: () => Promise<void>, signal: AbortSignal): Promise<Latency> {
  const taken: Promise<number>[] = [];
  for (let due = performance.now(); !signal.aborted; due += everyMs) {
    await delay(Math.max(0, due - performance.now()));
    const at = due;
    const answered = request().then(() => performance.now() - at);
    // A failure is thrown when all are awaited.
    answered.catch(() => {});
    taken.push(answered);
  }
  const values = await Promise.all(taken);
  return {
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
    max: Math.max(...values),
    requests: values.length,
  };
}

/** The worst of what the other tenant does. */
function headline(rows: Row[]) {
  const busy = rows.filter(({ beside }) => beside !== 'nothing');
  return {
    listP99Ms: Math.max(...busy.map(({ list }) => list.p99)),
    healthzP99Ms: Math.max(...busy.map(({ healthz }) => healthz.p99)),
  };
}
