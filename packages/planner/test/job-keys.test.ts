import { createHash } from 'node:crypto';
import { type Profile, profiles, type StudyName, studyNames } from '@toogit/catalogue';
import { planExperiment } from '@toogit/planner';
import { resolveSpec } from '@toogit/spec';
import { expect, it } from 'vitest';

/*
 * The jobs of every preset. A key that changes makes the stored results of its step worthless: they are computed anew.
 * So one changes only on purpose, with the version of its kind and a line in the changelog; then `npx vitest run
 * packages/planner/test/job-keys.test.ts -u` writes the new ones.
 */

/** A line a step: profile, step, number of jobs, sha256 of their keys in block order. */
function keysOf(study: StudyName, profile: Profile): string[] {
  const { steps } = planExperiment(resolveSpec({ study, profile }));
  return steps.map(({ name, jobKeys }) => {
    const digest = createHash('sha256').update(jobKeys.join('\n')).digest('hex');
    return `${profile} ${name} ${jobKeys.length} ${digest}`;
  });
}

it.each(studyNames)('the jobs of %s have the keys that they had', async (study) => {
  const lines = profiles.flatMap((profile) => keysOf(study, profile));
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`job-keys/${study}.txt`);
});
