import {
  type Problem,
  type Profile,
  problem,
  type ResolvedSteps,
  type StudyName,
  studies,
} from '@toogit/catalogue';
import { type CheckedPoint, checkGraph, checkPreset } from './check-point.js';
import { maxProblems } from './limits.js';
import {
  type Matrix,
  type MatrixPoint,
  matrixPoints,
  matrixProblems,
  matrixSchema,
  substitute,
} from './matrix.js';
import { distinct, isRecord, property, refuse, schemaProblems } from './problems.js';
import { refuseTooLarge } from './spec-size.js';
import { didYouMean, nearestName } from './suggestion.js';
import { textProblems } from './text-problems.js';

/** A spec with nothing left open: what is hashed, stored and planned. */
export interface ResolvedSpec {
  name: string;
  /** Null for a graph of the user's own. */
  study: StudyName | null;
  profile: Profile | null;
  points: ResolvedPoint[];
}

/** One combination of the matrix's values; a spec without a matrix has one point, with an empty id. */
export interface ResolvedPoint {
  id: string;
  seed: number;
  steps: ResolvedSteps;
}

/**
 * Checks a spec (a preset or a graph, as parsed from JSON or YAML) and fills in every default.
 *
 * @throws ToogitError SPEC_INVALID listing every problem with its path; SPEC_TOO_LARGE beyond `maxSteps` or `maxValues`.
 */
export function resolveSpec(input: unknown): ResolvedSpec {
  if (!isRecord(input)) refuse([problem('', 'a spec is an object with the key study or steps')]);
  const spec = input as Record<string, unknown>;
  refuse(textProblems(spec));
  const isPreset = formOf(spec) === 'preset';
  const matrix = isPreset ? withUsualSeeds(spec) : property(spec, 'matrix');
  refuseBadMatrix(spec, matrix, isPreset);
  const points = matrix === undefined ? [{ id: '', values: {} }] : matrixPoints(matrix as Matrix);
  refuseTooLarge(spec, points.length);
  const checked = checkPoints(points, (point) => (isPreset ? checkPreset : checkGraph)(spec, point));
  const study = isPreset ? (spec.study as StudyName) : null;
  const profile = isPreset ? (spec.profile as Profile) : null;
  return {
    name: typeof spec.name === 'string' ? spec.name.normalize('NFC') : `${study}.${profile}`,
    study,
    profile,
    points: checked.map(({ point, seed = 0, steps = {} }) => ({ id: point.id, seed, steps })),
  };
}

/** @throws ToogitError SPEC_INVALID; where one point alone fills the list of problems, the others aren't looked at. */
function checkPoints(points: MatrixPoint[], check: (point: MatrixPoint) => CheckedPoint) {
  const checked: ({ point: MatrixPoint } & CheckedPoint)[] = [];
  let problems: Problem[] = [];
  for (const point of points) {
    const found = check(point);
    checked.push({ point, ...found });
    if (found.problems.length > 0) problems = distinct([...problems, ...found.problems]);
    if (problems.length >= maxProblems) break;
  }
  refuse(problems);
  return checked;
}

/** The matrix of a preset, with the usual seeds of its profile where the spec has none. */
function withUsualSeeds(spec: Record<string, unknown>): unknown {
  const { study, profile, seed, matrix } = spec;
  const sweeps = matrix === undefined || (isRecord(matrix) && !Object.hasOwn(matrix, 'seed'));
  const known = typeof study === 'string' && Object.hasOwn(studies, study);
  if (!sweeps || !known || seed !== undefined) return matrix;
  const { seeds } = studies[study as StudyName];
  if (typeof profile !== 'string' || !Object.hasOwn(seeds, profile)) return matrix;
  const usual = seeds[profile as Profile];
  return usual.length > 1 ? { ...(matrix ?? {}), seed: usual } : matrix;
}

function formOf(spec: Record<string, unknown>): 'preset' | 'graph' {
  const hasStudy = Object.hasOwn(spec, 'study');
  if (hasStudy && Object.hasOwn(spec, 'steps')) {
    refuse([problem('steps', 'a spec has either study (a preset) or steps (a graph), not both')]);
  }
  if (!hasStudy && !Object.hasOwn(spec, 'steps')) {
    const near = Object.keys(spec).find((key) => nearestName(key, ['study', 'steps']) !== undefined);
    const suggest = near === undefined ? undefined : () => didYouMean(near, ['study', 'steps']);
    refuse([problem(near ?? '', 'a spec has either study (a preset) or steps (a graph)', suggest)]);
  }
  return hasStudy ? 'preset' : 'graph';
}

/** What is wrong with the matrix itself, together with what is wrong elsewhere, since no point can be made of it. */
function refuseBadMatrix(spec: Record<string, unknown>, matrix: unknown, isPreset: boolean): void {
  if (matrix === undefined) return;
  const shape = schemaProblems(matrixSchema, matrix, 'matrix');
  const problems = shape.length > 0 ? shape : matrixProblems(matrix as Matrix);
  if (problems.length === 0) problems.push(...uselessKeys(spec, matrix as Matrix, isPreset));
  if (problems.length > 0) {
    const rest = isPreset ? checkPreset(spec, { id: '', values: {} }).problems : [];
    refuse([...problems, ...rest]);
  }
}

/** Matrix keys that are also given outside the matrix, or that nothing refers to. */
function uselessKeys(spec: Record<string, unknown>, matrix: Matrix, isPreset: boolean): Problem[] {
  const used = isPreset ? null : new Set(substitute(property(spec, 'steps'), {}).replaced.values());
  return Object.keys(matrix).flatMap((key) => {
    const fixed = key === 'seed' ? property(spec, 'seed') : isPreset ? overridden(spec, key) : undefined;
    if (fixed !== undefined) return [problem(`matrix.${key}`, `${key} is also given outside the matrix`)];
    if (key === 'seed' || used === null || used.has(key)) return [];
    return [problem(`matrix.${key}`, `no step uses it; write "\${${key}}" where its value belongs`)];
  });
}

function overridden(spec: Record<string, unknown>, key: string): unknown {
  return key.split('.').reduce<unknown>((node, part) => property(node, part), property(spec, 'overrides'));
}
