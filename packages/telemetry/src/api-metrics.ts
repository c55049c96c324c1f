import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What waits and runs, as the database has it. */
export interface Backlog {
  jobs: { resource: string; state: string; jobs: number; oldestSeconds: number }[];
  /** Jobs that wait for a worker such as there is none. */
  unmatched: { resource: string; jobs: number }[];
  experiments: { state: string; experiments: number }[];
  webhooks: number;
}

export interface ApiMetrics {
  httpRequest(labels: { method: string; route: string; status: string }, seconds: number): void;
  webhookDelivery(outcome: 'delivered' | 'failed' | 'given-up'): void;
  /** Prometheus' text format; reads the backlog. */
  text(): Promise<string>;
  readonly contentType: string;
  readonly registry: Registry;
}

const resources = ['cpu', 'tensor'];
const waitingStates = ['blocked', 'ready', 'running', 'failed'];

/** The metrics of an API process. Several replicas report the same backlog: take max, not sum, over them. */
export function createApiMetrics(readBacklog: () => Promise<Backlog>): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const jobs = new Gauge({
    name: 'toogit_jobs',
    help: 'Jobs by resource class and state; failed ones are dead letters until retried.',
    labelNames: ['resource', 'state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'toogit_oldest_job_age_seconds',
    help: 'How long the job that has been longest in this state has been in it; 0 if there is none.',
    labelNames: ['resource', 'state'],
    registers,
  });
  const unmatched = new Gauge({
    name: 'toogit_jobs_unmatched',
    help: 'Ready jobs that no worker present can run: none has their resource class, handler version and memory.',
    labelNames: ['resource'],
    registers,
  });
  const experiments = new Gauge({
    name: 'toogit_experiments',
    help: 'Experiments by state.',
    labelNames: ['state'],
    registers,
  });
  const webhooks = new Gauge({
    name: 'toogit_webhook_deliveries_pending',
    help: 'Webhook deliveries that wait for their first or next try.',
    registers,
  });
  const up = new Gauge({
    name: 'toogit_database_up',
    help: '1 if the database answered the query for the backlog.',
    registers,
  });
  const deliveries = new Counter({
    name: 'toogit_webhook_deliveries_total',
    help: 'Tries to deliver a webhook, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const http = new Histogram({
    name: 'toogit_http_request_duration_seconds',
    help: 'Time to answer a request, by route pattern. Event streams are left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });

  const refresh = async () => {
    for (const gauge of [jobs, oldest, unmatched, experiments]) gauge.reset();
    const backlog = await readBacklog().catch(() => null);
    up.set(backlog === null ? 0 : 1);
    if (backlog === null) return;
    for (const resource of resources) {
      const waiting = backlog.unmatched.find((row) => row.resource === resource);
      unmatched.set({ resource }, waiting?.jobs ?? 0);
      for (const state of waitingStates) {
        const found = backlog.jobs.find((row) => row.resource === resource && row.state === state);
        jobs.set({ resource, state }, found?.jobs ?? 0);
        oldest.set({ resource, state }, found?.oldestSeconds ?? 0);
      }
    }
    for (const row of backlog.experiments) experiments.set({ state: row.state }, row.experiments);
    webhooks.set(backlog.webhooks);
  };

  return {
    httpRequest: (labels, seconds) => http.observe(labels, seconds),
    webhookDelivery: (outcome) => deliveries.inc({ outcome }),
    text: async () => {
      await refresh();
      return registry.metrics();
    },
    contentType: registry.contentType,
    registry,
  };
}
