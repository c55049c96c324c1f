import { readdir, readFile } from 'node:fs/promises';
import { environment } from '@toogit/config';
import { createApiMetrics, createWorkerMetrics, tracingVariable } from '@toogit/telemetry';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

const resource = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string() })).default([]),
  envFrom: z.array(
    z.object({
      configMapRef: z.object({ name: z.string() }).optional(),
      secretRef: z.object({ name: z.string() }).optional(),
    }),
  ),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  resources: z.object({ requests: z.looseObject({}), limits: z.looseObject({}) }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const workload = z.looseObject({
  spec: z.looseObject({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }).optional(),
    template: z.looseObject({
      metadata: z.looseObject({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      spec: z.looseObject({
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
        containers: z.array(container).length(1),
      }),
    }),
  }),
});

const variables = [...Object.keys(environment.shape), tracingVariable];
const known = new Set<string>();
const resources: (z.infer<typeof resource> & Record<string, unknown>)[] = [];
const named = (kind: string) => resources.filter((each) => each.kind === kind);
const workloads = () =>
  [...named('Deployment'), ...named('Job')].map((each) => ({
    name: each.metadata.name,
    kind: each.kind,
    ...workload.parse(each).spec,
  }));

beforeAll(async () => {
  const registries = [
    createApiMetrics(() => Promise.reject(new Error('unused'))).registry,
    createWorkerMetrics({ worker: 'w', release: '0' }).registry,
  ];
  for (const registry of registries) {
    for (const { name, type } of await registry.getMetricsAsJSON()) {
      known.add(name);
      if (String(type) === 'histogram')
        for (const suffix of ['bucket', 'count', 'sum']) known.add(`${name}_${suffix}`);
    }
  }
  const kustomization = z
    .looseObject({ resources: z.array(z.string()) })
    .parse(parse(await read('deploy/kubernetes/kustomization.yaml')));
  const files = (await readdir(new URL('deploy/kubernetes/', root))).filter(
    (file) => file !== 'kustomization.yaml',
  );
  expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
  for (const file of files) {
    for (const document of parseAllDocuments(await read(`deploy/kubernetes/${file}`))) {
      expect(document.errors).toEqual([]);
      resources.push(resource.parse(document.toJS()));
    }
  }
});

function expectKnownMetrics(expression: string): void {
  const names = expression.match(/\btoogit_\w+/g) ?? [];
  expect(names, expression).not.toEqual([]);
  for (const name of names) expect(known, expression).toContain(name);
}

describe('deploy/kubernetes', () => {
  it('runs without root, on a read-only file system, with limits, and with variables that exist', () => {
    expect(
      workloads()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['api', 'migrate', 'worker-cpu', 'worker-gpu']);
    const settings = named('ConfigMap').map(
      (map) => [map.metadata.name, Object.keys(map.data as object)] as const,
    );
    for (const [, keys] of settings) for (const key of keys) expect(variables).toContain(key);
    for (const { template } of workloads()) {
      for (const { env, envFrom } of template.spec.containers) {
        for (const { name } of env) expect(variables).toContain(name);
        const maps = envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
        expect(settings.map(([name]) => name)).toEqual(expect.arrayContaining(maps));
      }
    }
  });

  it('refers to what is there: workloads, labels, ports', () => {
    const all = workloads();
    for (const { kind, selector, template } of all.filter((each) => each.kind === 'Deployment')) {
      expect(template.metadata.labels, kind).toMatchObject(selector?.matchLabels ?? { missing: 'selector' });
      const ports = template.spec.containers.flatMap((each) =>
        each.ports.map((port) => String(port.containerPort)),
      );
      expect(ports).toContain(template.metadata.annotations['prometheus.io/port']);
    }
    const targets = [...named('ScaledObject'), ...named('HorizontalPodAutoscaler')].map(
      ({ spec }) => (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name,
    );
    expect(targets.toSorted()).toEqual(['api', 'worker-cpu', 'worker-gpu']);
    const labels = all.map(({ template }) => JSON.stringify(template.metadata.labels));
    for (const budget of named('PodDisruptionBudget')) {
      const { selector } = budget.spec as { selector: { matchLabels: object } };
      expect(labels).toContain(JSON.stringify(selector.matchLabels));
    }
  });

  it('scales on metrics that the API has', () => {
    for (const { spec } of named('ScaledObject')) {
      const { triggers } = spec as { triggers: { metadata: { query: string } }[] };
      for (const { metadata } of triggers) expectKnownMetrics(metadata.query);
    }
  });
});

describe('deploy/grafana', () => {
  it('alerts on metrics that exist, and every alert has its paragraph', async () => {
    const rules = z
      .object({
        groups: z.array(
          z.object({
            name: z.string(),
            rules: z.array(
              z.object({
                alert: z.string(),
                expr: z.string(),
                for: z.string(),
                labels: z.object({ severity: z.enum(['warning', 'critical']) }),
                annotations: z.object({ summary: z.string(), runbook: z.string() }),
              }),
            ),
          }),
        ),
      })
      .parse(parse(await read('deploy/grafana/alerts.yaml')))
      .groups.flatMap((group) => group.rules);
    const operations = await read('docs/operations.md');
    for (const { expr, annotations } of rules) {
      expectKnownMetrics(expr);
      expect(operations).toContain(`<a id="${annotations.runbook.split('#')[1]}">`);
    }
  });

  it('draws metrics that exist', async () => {
    const { panels } = z
      .looseObject({
        panels: z.array(z.looseObject({ targets: z.array(z.looseObject({ expr: z.string() })) })),
      })
      .parse(JSON.parse(await read('deploy/grafana/toogit.json')));
    for (const { targets } of panels) for (const { expr } of targets) expectKnownMetrics(expr);
  });
});

describe('docker-compose.yml and Dockerfile', () => {
  it('name targets and variables that exist; every service has limits', async () => {
    const dockerfile = await read('Dockerfile');
    const targets = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
    const { services } = z
      .looseObject({
        services: z.record(
          z.string(),
          z.looseObject({
            build: z.looseObject({ target: z.string() }).optional(),
            environment: z.record(z.string(), z.string()).default({}),
            deploy: z.looseObject({ resources: z.looseObject({ limits: z.looseObject({}) }) }),
          }),
        ),
      })
      .parse(parse(await read('docker-compose.yml'), { merge: true }));
    for (const { build, environment: set } of Object.values(services)) {
      if (build === undefined) continue;
      expect(targets).toContain(build.target);
      for (const name of Object.keys(set)) expect(variables).toContain(name);
    }
  });
});
