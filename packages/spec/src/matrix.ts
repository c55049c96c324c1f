import { type Problem, problem } from '@toogit/catalogue';
import { z } from 'zod';
import { maxMatrixKeys, maxPoints } from './limits.js';
import { shortened } from './problems.js';
import { didYouMean } from './suggestion.js';

const scalar = z.union([z.string().max(64), z.number(), z.boolean()], {
  error: 'expected a string, a number or true/false',
});
export type MatrixValue = z.output<typeof scalar>;

/** Every combination of the listed values is one point. */
export const matrixSchema = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,63}$/), z.array(scalar).min(1))
  .refine((matrix) => Object.keys(matrix).length <= maxMatrixKeys, {
    error: `a matrix has at most ${maxMatrixKeys} keys`,
  })
  .describe('Values to sweep over; every combination is one point of the experiment.');
export type Matrix = z.output<typeof matrixSchema>;

/** One choice of a value for each key of the matrix. */
export interface MatrixPoint {
  /** `seed=0,epsilon=0.5`: the seed first, then by name. Empty without a matrix. */
  id: string;
  values: Record<string, MatrixValue>;
}

export function matrixProblems(matrix: Matrix): Problem[] {
  const repeated = Object.entries(matrix).flatMap(([key, values]) =>
    new Set(values.map(String)).size === values.length
      ? []
      : [problem(`matrix.${key}`, 'a value comes twice')],
  );
  const count = Object.values(matrix).reduce((product, values) => product * values.length, 1);
  if (count <= maxPoints) return repeated;
  return [...repeated, problem('matrix', `${count} points are more than the ${maxPoints} allowed`)];
}

/** The cartesian product. The order of the keys doesn't matter, that of the values does. */
export function matrixPoints(matrix: Matrix): MatrixPoint[] {
  const keys = Object.keys(matrix).sort((a, b) => (a === 'seed' ? -1 : b === 'seed' ? 1 : a < b ? -1 : 1));
  let points: MatrixPoint[] = [{ id: '', values: {} }];
  for (const key of keys) {
    points = points.flatMap(({ id, values }) =>
      (matrix[key] ?? []).map((value) => ({
        id: `${id === '' ? '' : `${id},`}${key}=${value}`,
        values: { ...values, [key]: value },
      })),
    );
  }
  return points;
}

/** Nothing in a valid spec lies deeper; what does is refused by the schema. */
const deepest = 8;

const placeholder = /^\$\{([^}]*)\}$/;

export interface Substitution {
  value: unknown;
  /** The matrix key whose value stands at a path. */
  replaced: Map<string, string>;
  problems: Problem[];
}

/** Replaces every string that is `${key}` as a whole by that key's value. */
export function substitute(value: unknown, values: Record<string, MatrixValue>, path = ''): Substitution {
  const replaced = new Map<string, string>();
  const problems: Problem[] = [];
  const visit = (node: unknown, here: string, depth: number): unknown => {
    if (depth > deepest) return node;
    if (Array.isArray(node)) return node.map((item, i) => visit(item, `${here}.${i}`, depth + 1));
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(
        Object.entries(node).map(([k, v]) => [k, visit(v, `${here}.${k}`, depth + 1)]),
      );
    }
    const key = typeof node === 'string' ? placeholder.exec(node)?.[1] : undefined;
    if (key === undefined) return node;
    replaced.set(here, key);
    if (Object.hasOwn(values, key)) return values[key];
    problems.push(
      problem(here, `the matrix has no key ${shortened(key)}`, () => didYouMean(key, Object.keys(values))),
    );
    return node;
  };
  return { value: visit(value, path, 0), replaced, problems };
}
