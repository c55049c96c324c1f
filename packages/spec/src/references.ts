import { isStepKind, kindOf, type Problem, problem } from '@toogit/catalogue';
import { property, shortened } from './problems.js';
import { didYouMean } from './suggestion.js';

/** Where a step names another, and which kinds of step may stand there. */
export interface StepReference {
  /** Path within the step: `dataset`, `rows.0.evaluation`. */
  path: string;
  name: string;
  kinds: readonly string[];
}

/** The other steps that a step names; of a malformed step, those that can be read. */
export function stepReferences(step: unknown): StepReference[] {
  const kind = property(step, 'kind');
  if (typeof kind !== 'string' || !isStepKind(kind)) return [];
  return Object.entries(kindOf(kind).references).flatMap(([pattern, kinds]) =>
    namesAt(step, pattern.split('.'), '').map((named) => ({ ...named, kinds })),
  );
}

/** The strings that a pattern reaches, with their paths. */
function namesAt(node: unknown, [key, ...rest]: string[], path: string): { path: string; name: string }[] {
  if (key === undefined) return typeof node === 'string' ? [{ path, name: node }] : [];
  const below = (child: unknown, at: string) => namesAt(child, rest, path === '' ? at : `${path}.${at}`);
  if (key !== '*') return below(property(node, key), key);
  return Array.isArray(node) ? node.flatMap((child, i) => below(child, String(i))) : [];
}

/** References to no step, to a step of the wrong kind, and cycles. `steps` as they were sent. */
export function referenceProblems(steps: Record<string, unknown>): Problem[] {
  const names = Object.keys(steps);
  const dangling = names.flatMap((name) =>
    stepReferences(steps[name]).flatMap((reference) => {
      const path = `steps.${name}.${reference.path}`;
      if (!Object.hasOwn(steps, reference.name)) {
        const fitting = () => names.filter((n) => n !== name && hasKind(steps[n], reference.kinds));
        return [
          problem(path, `no step is named ${shortened(reference.name)}`, () =>
            didYouMean(reference.name, fitting()),
          ),
        ];
      }
      const kind = property(steps[reference.name], 'kind');
      if (typeof kind !== 'string' || !isStepKind(kind) || reference.kinds.includes(kind)) return [];
      const wanted = reference.kinds.join(' or ');
      return [problem(path, `${reference.name} is a step of kind ${kind}; this takes ${wanted}`)];
    }),
  );
  const cyclic = orderSteps(steps).cycles.map((cycle) => {
    const [first = '', second = first] = cycle;
    const path = stepReferences(steps[first]).find((r) => r.name === second)?.path;
    return problem(`steps.${first}.${path}`, `cyclic reference: ${shownCycle(cycle)}`);
  });
  return [...dangling, ...cyclic];
}

/** A cycle of thousands of steps is recognised by its ends. */
function shownCycle(cycle: string[]): string {
  const names = cycle.length > 12 ? [...cycle.slice(0, 6), '…', ...cycle.slice(-5)] : cycle;
  return [...names, cycle[0]].join(' → ');
}

function hasKind(step: unknown, kinds: readonly string[]): boolean {
  return kinds.some((kind) => property(step, 'kind') === kind);
}

/**
 * The names of all steps, each after those it names, otherwise in the given order; and the cycles, each as the names on
 * it. Steps on or behind a cycle are not in `order`.
 */
export function orderSteps(steps: Record<string, unknown>): { order: string[]; cycles: string[][] } {
  const waitingFor = new Map(
    Object.keys(steps).map((name) => {
      const needed = stepReferences(steps[name]).map((r) => r.name);
      return [name, new Set(needed.filter((n) => Object.hasOwn(steps, n)))];
    }),
  );
  const dependants = new Map<string, string[]>();
  for (const [name, needed] of waitingFor) {
    for (const n of needed) {
      const known = dependants.get(n);
      if (known) known.push(name);
      else dependants.set(n, [name]);
    }
  }
  const order = [...waitingFor].filter(([, needed]) => needed.size === 0).map(([name]) => name);
  for (const name of order) {
    waitingFor.delete(name);
    for (const dependant of dependants.get(name) ?? []) {
      const needed = waitingFor.get(dependant);
      needed?.delete(name);
      if (needed?.size === 0) order.push(dependant);
    }
  }
  return { order, cycles: findCycles(waitingFor) };
}

/** Follows what each step waits for until a name comes again. */
function findCycles(waitingFor: Map<string, Set<string>>): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const start of waitingFor.keys()) {
    const walk: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !seen.has(name)) {
      seen.add(name);
      walk.push(name);
      name = waitingFor.get(name)?.values().next().value;
    }
    const from = name === undefined ? -1 : walk.indexOf(name);
    if (from >= 0) cycles.push(walk.slice(from));
  }
  return cycles;
}
