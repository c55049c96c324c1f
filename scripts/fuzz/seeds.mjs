/** Something of everything, so that paths with ids lead somewhere; the ids go to dictionaries that requests draw from. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@toogit/client';
import { ToogitError } from '@toogit/core';
import { waitFor } from '@toogit/testkit';

const doneWithinMs = 600_000;
const theory = (copy) => JSON.stringify({ name: `theory ${copy}`, study: 'gaussian', profile: 'smoke' });
const images = (examples) =>
  JSON.stringify({
    name: `images ${examples}`,
    steps: { images: { kind: 'dataset', dataset: 'mnist', split: 'train', examples } },
  });
const times = (n, make) => Promise.all(Array.from({ length: n }, (_, index) => make(index)));

/** @returns {Promise<{project: KeyWithSecret, operator: KeyWithSecret}>} an administrator's key of a project, and one of all */
export async function storeSomething({ url, runs, startWorker }, directory) {
  const newKey = (name, scope, projectId) =>
    runs.access.createKey({ name, scope, projectId, requestsPerMinute: 1_000_000, expiresAt: null });
  const project = await newKey('fuzz', 'admin', 'default');
  const operator = await newKey('fuzz all projects', 'admin', null);
  const client = createClient(url, { apiKey: project.apiKey });

  const stopWorker = startWorker();
  const first = await client.submitExperiment(theory(0));
  await waitFor(async () => (await client.getExperiment(first.id)).state === 'succeeded', doneWithinMs);
  await stopWorker();
  const artifacts = await client.listArtifacts(first.id);

  const submitted = await times(6, (index) =>
    client.submitExperiment(index < 2 ? theory(index) : images(index)),
  );
  const [, , failed, cancelled, paused] = submitted;
  const failedKey = failed.steps[0].jobKeys[0];
  const claim = await runs.claim(failedKey, 'nobody');
  const error = new ToogitError('DATASET_UNAVAILABLE', 'There are no such images.');
  await runs.fail(claim, error, { peakRssBytes: null, logTail: 'the last line' });
  await client.cancelExperiment(cancelled.id);
  await client.pauseExperiment(paused.id);

  const projects = await times(4, (index) =>
    createClient(url, { apiKey: operator.apiKey }).createProject({ id: `project-${index}`, limits: {} }),
  );
  const spareKeys = await times(8, (index) => newKey(`spare ${index}`, 'read', 'default'));
  const doomed = await times(12, (index) => client.submitExperiment(theory(`doomed ${index}`)));

  const experiments = [first, ...submitted];
  const dictionaries = {
    experiments: experiments.map(({ id }) => id),
    doomed: doomed.map(({ id }) => id),
    jobs: experiments.flatMap(({ steps }) => steps.flatMap(({ jobKeys }) => jobKeys)),
    artifacts: artifacts.flatMap(({ digest, parts }) => [digest, ...parts.map(({ sha256 }) => sha256)]),
    projects: projects.map(({ id }) => id),
    keys: spareKeys.map(({ key }) => key.id),
  };
  for (const [name, entries] of Object.entries(dictionaries)) {
    const lines = [...new Set(entries)].map((entry) => `${JSON.stringify(entry)}\n`);
    writeFileSync(join(directory, `${name}.dict`), lines.join(''));
  }
  return { project, operator };
}
