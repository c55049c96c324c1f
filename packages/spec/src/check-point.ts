import { type Problem, problem, type ResolvedSteps, studies } from '@toogit/catalogue';
import { type MatrixPoint, substitute } from './matrix.js';
import { imageDimensions, pixelUnitProblems } from './pixel-units.js';
import { isRecord, property, schemaProblems } from './problems.js';
import { referenceProblems } from './references.js';
import { graphSchema, presetSchema } from './spec-schema.js';
import { consistencyProblems, resolveSteps } from './step-facts.js';
import { didYouMean } from './suggestion.js';

/** What is wrong with one point of a spec, or, if nothing is, what it resolves to. */
export interface CheckedPoint {
  problems: Problem[];
  seed?: number;
  steps?: ResolvedSteps;
}

/** One point of a preset: its overrides and the matrix's, over the profile. */
export function checkPreset(spec: Record<string, unknown>, { values }: MatrixPoint): CheckedPoint {
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
    if (!Object.hasOwn(values, key)) return p;
    // A matrix also sweeps the seed, which is no override.
    return problem(`matrix.${key}`, p.message, () => didYouMean(key, ['seed']) ?? p.suggest?.());
  };
  const units = isRecord(overrides)
    ? pixelUnitProblems(overrides, 'overrides', imageDimensions([overrides]))
    : [];
  const problems = [...schemaProblems(presetSchema, preset), ...units].map(fromMatrix);
  if (problems.length > 0) return { problems };
  const { study, profile, seed, overrides: valid } = presetSchema.parse(preset);
  const steps = studies[study].steps(profile, valid);
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

/** One point of a graph: the matrix's values in place of its placeholders. */
export function checkGraph(spec: Record<string, unknown>, { values }: MatrixPoint): CheckedPoint {
  const { matrix: _, ...sent } = spec;
  const steps = substitute(property(spec, 'steps'), values, 'steps');
  const seed = values.seed === undefined ? {} : { seed: values.seed };
  const { problems, ...checked } = checkSteps({ ...sent, ...seed, steps: steps.value });
  const explained = problems.flatMap((p) => {
    if (p.path === 'seed' && values.seed !== undefined) return [{ ...p, path: 'matrix.seed' }];
    const key = steps.replaced.get(p.path);
    if (key === undefined) return [p];
    return Object.hasOwn(values, key)
      ? [{ ...p, message: `${p.message} (matrix: ${key}=${values[key]})` }]
      : [];
  });
  return { ...checked, problems: [...steps.problems, ...explained] };
}

function checkSteps(graph: Record<string, unknown>): CheckedPoint {
  const steps = isRecord(graph.steps) ? graph.steps : {};
  const dimensions = imageDimensions(Object.values(steps));
  const units = Object.entries(steps).flatMap(([name, step]) =>
    isRecord(step) ? pixelUnitProblems(step, `steps.${name}`, dimensions) : [],
  );
  const problems = [...schemaProblems(graphSchema, graph), ...referenceProblems(steps), ...units];
  if (Object.hasOwn(steps, '__proto__')) problems.push(problem('steps.__proto__', 'not a name for a step'));
  if (isRecord(graph.steps) && Object.keys(steps).length === 0) problems.push(problem('steps', 'no step'));
  if (problems.length > 0) return { problems };
  const resolved = graphSchema.parse(graph);
  const resolvedSteps = resolveSteps(resolved.steps);
  return { seed: resolved.seed, steps: resolvedSteps, problems: consistencyProblems(resolvedSteps) };
}
