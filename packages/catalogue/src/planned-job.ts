import { createHash } from 'node:crypto';
import { canonicalJson } from '@toogit/core';
import type { JobEstimate } from './costs/job-estimate.js';
import type { InputRole, ResourceClass } from './definitions/job-definition.js';
import { type JobKind, type JobParams, jobKinds } from './kinds.js';

/** What identifies a computation. Backend, device, commit and library versions are provenance, outside the key. */
export interface JobIdentity<K extends JobKind = JobKind> {
  kind: K;
  params: JobParams<K>;
  seed: number;
  /** Keys of the jobs whose artifacts are the inputs, by role, in order. */
  inputs: Record<string, string[]>;
}

export interface PlannedJob<K extends JobKind = JobKind> extends JobIdentity<K> {
  /** sha256 (hex) over the identity; the same work has the same key whoever requests it. */
  key: string;
  version: number;
  resource: ResourceClass;
  estimate: JobEstimate;
}

/** A step of a spec and the jobs it became, in block order. Names of matrix points are prefixed: `seed=1/attack`. */
export interface PlannedStep {
  name: string;
  kind: string;
  jobKeys: string[];
}

export interface Plan {
  /** Each key once, dependencies before dependants. */
  jobs: PlannedJob[];
  steps: PlannedStep[];
}

/**
 * Key of a job: sha256 over kind, handler version, parameters, seed and the keys of the input jobs. Because a key
 * covers its inputs' keys, it is known before anything has run, and covers the whole history. A role without inputs
 * leaves no trace in it, so that a kind can be given a new, optional role.
 */
export function jobKey(identity: JobIdentity): string {
  const { kind, params, seed } = identity;
  const roles: Record<string, InputRole> = jobKinds[kind].inputs;
  const inputs = Object.fromEntries(
    Object.entries(identity.inputs)
      .filter(([, keys]) => keys.length > 0)
      .map(([role, keys]) => [roles[role]?.nameInKeys ?? role, keys]),
  );
  const text = canonicalJson({ kind, version: jobKinds[kind].version, params, seed, inputs });
  return createHash('sha256').update(text).digest('hex');
}
