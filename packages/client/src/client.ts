import { ToogitError } from '@toogit/core';
import createFetchClient from 'openapi-fetch';
import { errorOf, reachable } from './errors.js';
import type { paths } from './generated/api.js';
import { patient } from './patient-fetch.js';
import type {
  Artifact,
  ArtifactDetail,
  AuditList,
  Experiment,
  ExperimentEvent,
  ExperimentList,
  FailedJobList,
  Job,
  Key,
  KeyWithSecret,
  Metric,
  PlanSummary,
  Project,
  Readiness,
  Report,
} from './types.js';
import { type WatchOptions, watchExperiment } from './watch-experiment.js';

/** Text of a spec (YAML or JSON), or the spec as a value. */
export type Spec = string | Record<string, unknown>;

export type NewProject = paths['/v1/projects']['post']['requestBody']['content']['application/json'];
export type NewLimits = paths['/v1/projects/{id}']['patch']['requestBody']['content']['application/json'];
export type NewKey = paths['/v1/keys']['post']['requestBody']['content']['application/json'];

interface PageQuery {
  limit?: number;
  /** `nextCursor` of the page before, as it was given. */
  cursor?: string;
}
type ListQuery = NonNullable<paths['/v1/experiments']['get']['parameters']['query']>;

export interface DashboardOptions {
  /** `json` unless given. */
  format?: 'json' | 'svg' | 'csv';
  /** Filters as the route takes them; a list is a key given several times. */
  query?: Record<string, string | number | readonly (string | number)[]>;
}

/**
 * The HTTP API as methods. All reject with ToogitError: the service's own code, or API_UNREACHABLE when nothing
 * answers.
 */
export interface Client {
  readonly url: string;
  submitExperiment(spec: Spec, options?: { idempotencyKey?: string; priority?: number }): Promise<Experiment>;
  planExperiment(spec: Spec): Promise<PlanSummary>;
  listExperiments(query?: ListQuery): Promise<ExperimentList>;
  getExperiment(id: string): Promise<Experiment>;
  cancelExperiment(id: string): Promise<Experiment>;
  /** Forgets an experiment that has ended. */
  deleteExperiment(id: string): Promise<void>;
  retryExperiment(id: string): Promise<Experiment>;
  pauseExperiment(id: string): Promise<Experiment>;
  resumeExperiment(id: string): Promise<Experiment>;
  setPriority(id: string, priority: number): Promise<Experiment>;
  /** All of them, a request for each 200, as of metrics and artifacts. */
  listJobs(id: string): Promise<Job[]>;
  listMetrics(id: string, query?: { name?: string }): Promise<Metric[]>;
  listArtifacts(id: string): Promise<Artifact[]>;
  /** `step` names one where a spec has several. */
  getReport(id: string, query?: { step?: string }): Promise<Report>;
  /** The same as a self-contained HTML page. */
  getReportPage(id: string, query?: { step?: string }): Promise<string>;
  /** A dashboard figure, or `summary`, as the service writes it: JSON, SVG or CSV text. */
  getDashboard(figure: string, options?: DashboardOptions): Promise<string>;
  getJob(key: string): Promise<Job>;
  /** Newest first. */
  listFailedJobs(query?: PageQuery): Promise<FailedJobList>;
  retryJob(key: string): Promise<Job>;
  getArtifact(digest: string): Promise<ArtifactDetail>;
  /** Streams a part; `url` as `getArtifact` gives it. Check the sha256 of what arrives. */
  download(url: string, options?: { signal?: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
  listProjects(): Promise<Project[]>;
  createProject(project: NewProject): Promise<Project>;
  /** Changes the limits that are given. */
  setProjectLimits(id: string, limits: NewLimits): Promise<Project>;
  listKeys(): Promise<Key[]>;
  /** The answer holds the secret, which is never shown again. */
  createKey(key: NewKey): Promise<KeyWithSecret>;
  rotateKey(id: string, options?: { graceSeconds?: number }): Promise<KeyWithSecret>;
  revokeKey(id: string): Promise<Key>;
  /** Newest first. */
  listAudit(query?: PageQuery): Promise<AuditList>;
  /** Whether database, queue and storage answer; resolves also when they don't. */
  getReadiness(): Promise<Readiness>;
  /** What happens to an experiment until its end, over lost connections. Ends quietly when `signal` is aborted. */
  watchExperiment(id: string, options?: WatchOptions): AsyncGenerator<ExperimentEvent>;
}

export interface ClientOptions {
  /** `tgt_<id>_<secret>`; TOOGIT_API_KEY unless given. An embedded service needs none. */
  apiKey?: string;
}

/** A client of the service at `baseUrl`, e.g. `http://127.0.0.1:8080`. */
export function createClient(baseUrl: string, { apiKey = keyOfEnvironment() }: ClientOptions = {}): Client {
  const url = baseUrl.replace(/\/+$/, '');
  const fetchReachable = patient(reachable(url, apiKey));
  const http = createFetchClient<paths>({ baseUrl: url, fetch: (request) => fetchReachable(request) });
  const of = (id: string) => ({ params: { path: { id } } });

  return {
    url,
    submitExperiment: (spec, { idempotencyKey, priority } = {}) =>
      dataOf(
        http.POST('/v1/experiments', {
          ...bodyOf(spec),
          params: {
            query: priority === undefined ? {} : { priority },
            header: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
          },
        }),
      ),
    planExperiment: (spec) => dataOf(http.POST('/v1/plans', bodyOf(spec))),
    listExperiments: (query = {}) => dataOf(http.GET('/v1/experiments', { params: { query } })),
    getExperiment: (id) => dataOf(http.GET('/v1/experiments/{id}', of(id))),
    cancelExperiment: (id) => dataOf(http.POST('/v1/experiments/{id}/cancel', of(id))),
    deleteExperiment: async (id) => {
      const { error, response } = await http.DELETE('/v1/experiments/{id}', of(id));
      if (!response.ok) throw await errorOf(response, error);
    },
    retryExperiment: (id) => dataOf(http.POST('/v1/experiments/{id}/retry', of(id))),
    pauseExperiment: (id) => dataOf(http.POST('/v1/experiments/{id}/pause', of(id))),
    resumeExperiment: (id) => dataOf(http.POST('/v1/experiments/{id}/resume', of(id))),
    setPriority: (id, priority) =>
      dataOf(http.PATCH('/v1/experiments/{id}', { ...of(id), body: { priority } })),
    listFailedJobs: (query = {}) =>
      dataOf(http.GET('/v1/jobs', { params: { query: { state: 'failed', ...query } } })),
    retryJob: (key) => dataOf(http.POST('/v1/jobs/{key}/retry', { params: { path: { key } } })),
    listJobs: (id) =>
      allOf((page) =>
        dataOf(http.GET('/v1/experiments/{id}/jobs', { params: { path: { id }, query: page } })),
      ),
    listMetrics: (id, query = {}) =>
      allOf((page) =>
        dataOf(
          http.GET('/v1/experiments/{id}/metrics', {
            params: { path: { id }, query: { ...query, ...page } },
          }),
        ),
      ),
    listArtifacts: (id) =>
      allOf((page) =>
        dataOf(http.GET('/v1/experiments/{id}/artifacts', { params: { path: { id }, query: page } })),
      ),
    getReport: async (id, query = {}) =>
      (await dataOf(http.GET('/v1/experiments/{id}/report', { params: { path: { id }, query } }))) as Report,
    getReportPage: async (id, query = {}) =>
      (await dataOf(
        http.GET('/v1/experiments/{id}/report', {
          params: { path: { id }, query: { ...query, format: 'html' } },
          parseAs: 'text',
        }),
      )) as string,
    getDashboard: async (figure, { format = 'json', query = {} } = {}) => {
      const path = `/v1/dashboard/${encodeURIComponent(figure)}${format === 'json' ? '' : `.${format}`}`;
      const address = new URL(`${url}${path}`);
      for (const [name, value] of Object.entries(query)) {
        for (const each of [value].flat()) address.searchParams.append(name, String(each));
      }
      const response = await fetchReachable(new Request(address));
      if (!response.ok) throw await errorOf(response);
      return response.text();
    },
    getJob: (key) => dataOf(http.GET('/v1/jobs/{key}', { params: { path: { key } } })),
    getArtifact: (digest) => dataOf(http.GET('/v1/artifacts/{digest}', { params: { path: { digest } } })),
    download: async (path, { signal } = {}) => {
      const address = new URL(path, `${url}/`);
      if (address.origin !== new URL(url).origin) {
        throw new ToogitError('SERVICE_UNTRUSTED', `The service sends the download to ${address.origin}.`);
      }
      const response = await fetchReachable(new Request(address), signal);
      if (!response.ok || !response.body) throw await errorOf(response);
      return response.body;
    },
    listProjects: async () => (await dataOf(http.GET('/v1/projects'))).items,
    createProject: (project) => dataOf(http.POST('/v1/projects', { body: project })),
    setProjectLimits: (id, limits) => dataOf(http.PATCH('/v1/projects/{id}', { ...of(id), body: limits })),
    listKeys: async () => (await dataOf(http.GET('/v1/keys'))).items,
    createKey: (key) => dataOf(http.POST('/v1/keys', { body: key })),
    rotateKey: (id, options = {}) => dataOf(http.POST('/v1/keys/{id}/rotate', { ...of(id), body: options })),
    revokeKey: (id) => dataOf(http.POST('/v1/keys/{id}/revoke', of(id))),
    listAudit: (query = {}) => dataOf(http.GET('/v1/audit', { params: { query } })),
    getReadiness: async () => {
      const response = await fetchReachable(new Request(`${url}/readyz`));
      if (!response.ok && response.status !== 503) throw await errorOf(response);
      return (await response.json()) as Readiness;
    },
    watchExperiment: (id, options) => watchExperiment(fetchReachable, url, id, options),
  };
}

/**
 * A text goes as it is, as YAML, of which JSON is a part, so that the service can name line and column of a mistake.
 * The document describes what a body means, not how it is written, hence the type.
 */
function bodyOf(spec: Spec) {
  const isText = typeof spec === 'string';
  return {
    body: spec as Record<string, unknown>,
    bodySerializer: isText ? () => spec : JSON.stringify,
    headers: { 'content-type': isText ? 'application/yaml' : 'application/json' },
  };
}

/** Most that a page may hold. */
const pageSize = 200;

/** The items of all pages. */
async function allOf<T>(
  page: (query: PageQuery) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor } = await page({ limit: pageSize, ...(cursor === null ? {} : { cursor }) });
    for (const item of items) all.push(item);
    cursor = nextCursor;
  } while (cursor !== null);
  return all;
}

function keyOfEnvironment(): string | undefined {
  return process.env.TOOGIT_API_KEY || undefined;
}

async function dataOf<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response } = await answer;
  if (data === undefined || data === null) throw await errorOf(response, error);
  return data;
}
