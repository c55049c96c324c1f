import { ToogitError } from '@toogit/errors';
import { maxSteps } from './limits.js';
import {
  type Matrix,
  type MatrixPoint,
  matrixPoints,
  matrixProblems,
  matrixSchema,
  substitute,
} from './matrix.js';
import { pixelUnitProblems } from './pixel-distance.js';
import { isRecord, type Problem, problem, property, refuse, schemaProblems } from './problems.js';
import { referenceProblems } from './references.js';
import { simpleExperimentParametersOf, simpleExperimentSteps } from './simple-experiment/steps.js';
import { graphSchema, type Profile, presetSchema, type Study } from './spec-schema.js';
import { consistencyProblems } from './step-facts.js';
import type { ResolvedSteps } from './steps.js';
import { nearestName } from './suggestion.js';

/** A spec with nothing left open: what is hashed, stored and planned. */
export interface ResolvedSpec {
  name: string;
  /** Null for a graph of the user's own. */
  study: Study | null;
  profile: Profile | null;
  points: ResolvedPoint[];
}

/** One combination of the matrix's values; a spec without a matrix has one point, with an empty id. */
export interface ResolvedPoint {
  id: string;
  seed: number;
  steps: ResolvedSteps;
}

type Checked = { problems: Problem[] } & Partial<Omit<ResolvedPoint, 'id'>>;

/**
 * Checks a spec (a preset or a graph, as parsed from JSON or YAML) and fills in every default.
 *
 * @throws ToogitError SPEC_INVALID listing every problem with its path; SPEC_TOO_LARGE beyond `maxSteps`.
 */
export function resolveSpec(input: unknown): ResolvedSpec {
  if (!isRecord(input)) refuse([problem('', 'a spec is an object with the key study or steps')]);
  const spec = input as Record<string, unknown>;
  const isPreset = formOf(spec) === 'preset';
  const matrix = property(spec, 'matrix');
  refuseOnlyMatrix(spec, matrix, isPreset);
  const points = matrix === undefined ? [{ id: '', values: {} }] : matrixPoints(matrix as Matrix);
  refuseTooManySteps(spec, points.length);
  const checked = points.map((point) => ({ point, ...(isPreset ? checkPreset : checkGraph)(spec, point) }));
  refuse(checked.flatMap((c) => c.problems));
  const study = isPreset ? (spec.study as Study) : null;
  const profile = isPreset ? (spec.profile as Profile) : null;
  return {
    name: typeof spec.name === 'string' ? spec.name : `${study}.${profile}`,
    study,
    profile,
    points: checked.map(({ point, seed = 0, steps = {} }) => ({ id: point.id, seed, steps })),
  };
}

function formOf(spec: Record<string, unknown>): 'preset' | 'graph' {
  const hasStudy = Object.hasOwn(spec, 'study');
  if (hasStudy && Object.hasOwn(spec, 'steps')) {
    refuse([problem('steps', 'a spec has either study (a preset) or steps (a graph), not both')]);
  }
  if (!hasStudy && !Object.hasOwn(spec, 'steps')) {
    const near = Object.keys(spec).find((key) => nearestName(key, ['study', 'steps']) !== undefined);
    const suggestion = near && `did you mean ${nearestName(near, ['study', 'steps'])}?`;
    refuse([problem(near ?? '', 'a spec has either study (a preset) or steps (a graph)', suggestion)]);
  }
  return hasStudy ? 'preset' : 'graph';
}

/** What is wrong with the matrix itself, together with what is wrong elsewhere, since no point can be made of it. */
function refuseOnlyMatrix(spec: Record<string, unknown>, matrix: unknown, isPreset: boolean): void {
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

function refuseTooManySteps(spec: Record<string, unknown>, points: number): void {
  const steps = property(spec, 'steps');
  const total = (isRecord(steps) ? Object.keys(steps).length : 1) * points;
  if (total <= maxSteps) return;
  throw new ToogitError(
    'SPEC_TOO_LARGE',
    `${total} steps over all points are more than the ${maxSteps} allowed`,
  );
}

function checkPreset(spec: Record<string, unknown>, { values }: MatrixPoint): Checked {
  const { seed: sweptSeed, ...swept } = values;
  const { matrix: _, ...sent } = spec;
  const overrides = Object.entries(swept).reduce(withOverride, property(spec, 'overrides'));
  const preset = {
    ...sent,
    ...(overrides === undefined ? {} : { overrides }),
    ...(sweptSeed === undefined ? {} : { seed: sweptSeed }),
  };
  const fromMatrix = (p: Problem): Problem => {
    const key = p.path === 'seed' ? 'seed' : p.path.replace(/^overrides\./, '');
    return Object.hasOwn(values, key) ? { ...p, path: `matrix.${key}` } : p;
  };
  const units = isRecord(overrides) ? pixelUnitProblems(overrides, 'overrides') : [];
  const problems = [...schemaProblems(presetSchema, preset), ...units].map(fromMatrix);
  if (problems.length > 0) return { problems };
  const { profile, seed, overrides: valid } = presetSchema.parse(preset);
  const steps = simpleExperimentSteps(simpleExperimentParametersOf(profile, valid));
  const graph = checkSteps({ name: 'preset', seed, steps });
  return {
    ...graph,
    problems: graph.problems.map((p) => ({ ...p, path: 'overrides', message: `${p.path}: ${p.message}` })),
  };
}

function withOverride(overrides: unknown, [key, value]: [string, unknown]): unknown {
  const [first = key, ...rest] = key.split('.');
  const inner = rest.length === 0 ? value : withOverride(property(overrides, first), [rest.join('.'), value]);
  return { ...(isRecord(overrides) ? overrides : {}), [first]: inner };
}

function checkGraph(spec: Record<string, unknown>, { values }: MatrixPoint): Checked {
  const { matrix: _, ...sent } = spec;
  const steps = substitute(property(spec, 'steps'), values, 'steps');
  const seed = values.seed === undefined ? {} : { seed: values.seed };
  const { problems, ...checked } = checkSteps({ ...sent, ...seed, steps: steps.value });
  const explained = problems.flatMap((p) => {
    const key = steps.replaced.get(p.path);
    if (key === undefined) return [p];
    return Object.hasOwn(values, key)
      ? [{ ...p, message: `${p.message} (matrix: ${key}=${values[key]})` }]
      : [];
  });
  return { ...checked, problems: [...steps.problems, ...explained] };
}

function checkSteps(graph: Record<string, unknown>): Checked {
  const steps = isRecord(graph.steps) ? graph.steps : {};
  const units = Object.entries(steps).flatMap(([name, step]) =>
    property(step, 'kind') === 'attack' && isRecord(step) ? pixelUnitProblems(step, `steps.${name}`) : [],
  );
  const problems = [...schemaProblems(graphSchema, graph), ...referenceProblems(steps), ...units];
  if (Object.hasOwn(steps, '__proto__')) problems.push(problem('steps.__proto__', 'not a name for a step'));
  if (isRecord(graph.steps) && Object.keys(steps).length === 0) problems.push(problem('steps', 'no step'));
  if (problems.length > 0) return { problems };
  const resolved = graphSchema.parse(graph);
  return { seed: resolved.seed, steps: resolved.steps, problems: consistencyProblems(resolved.steps) };
}
