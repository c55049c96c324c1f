import { type Problem, problem } from '@toogit/catalogue';
import { type ErrorDetail, ToogitError } from '@toogit/core';
import { z } from 'zod';
import { maxProblems } from './limits.js';
import { didYouMean } from './suggestion.js';

/** Everything that `schema` finds wrong with `value`, each at its path, unknown keys with the known one they resemble. */
export function schemaProblems(schema: z.ZodType, value: unknown, prefix = ''): Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [problem(at(prefix, path), ...describe(issue))];
    const known = knownKeys(schemaAt(schema, path, value));
    return issue.keys.map((key) =>
      problem(at(prefix, [...path, key]), 'unknown key', () => didYouMean(key, known)),
    );
  });
}

/** The problems, each once: several points of a matrix may have the same. */
export function distinct(problems: Problem[]): Problem[] {
  return [...new Map(problems.map((p) => [`${p.path}\n${p.message}`, p])).values()];
}

/** @throws ToogitError SPEC_INVALID that lists the problems, each once, if there is any. */
export function refuse(problems: Problem[]): void {
  const all = distinct(problems);
  const details = all.slice(0, maxProblems).map(withSuggestion);
  const [first] = details;
  if (first === undefined) return;
  const where = first.path === '' ? '' : `${first.path}: `;
  const hint = first.suggestion === undefined ? '' : `; ${first.suggestion}`;
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more)`;
  throw new ToogitError('SPEC_INVALID', `${where}${first.message}${hint}${more}`, { details });
}

function withSuggestion({ path, message, suggest }: Problem): ErrorDetail {
  const suggestion = suggest?.();
  return suggestion === undefined ? { path, message } : { path, message, suggestion };
}

function at(prefix: string, path: string[]): string {
  return [...(prefix === '' ? [] : [prefix]), ...path.map(shortened)].join('.');
}

/** Names come from outside, and with aliases a long one may come a hundred times. */
export const shortened = (text: string) => (text.length > 64 ? `${text.slice(0, 64)}…` : text);

function describe(issue: z.core.$ZodIssue): [message: string, suggest?: () => string | undefined] {
  const given = issue.input;
  const options = optionsOf(issue);
  if (options !== null) {
    const name = 'discriminator' in issue ? property(given, String(issue.discriminator)) : given;
    if (name === undefined) return [`missing; one of ${options.join(', ')}`];
    const message = `${shown(name)} is not one of ${options.join(', ')}`;
    return typeof name === 'string' ? [message, () => didYouMean(name, options)] : [message];
  }
  if (issue.code === 'invalid_key') return [issue.issues[0]?.message ?? issue.message];
  if (issue.code !== 'invalid_type') return [issue.message];
  if (given === undefined) return [`missing; expected ${issue.expected}`];
  const message = `expected ${issue.expected}, got ${shown(given)}`;
  const isNumeral = typeof given === 'string' && given.trim() !== '' && Number.isFinite(Number(given));
  return issue.expected === 'number' && isNumeral
    ? [message, () => `did you mean ${Number(given)}?`]
    : [message];
}

/** The values that would have been right, where they can be listed. */
function optionsOf(issue: z.core.$ZodIssue): string[] | null {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && issue.options) return issue.options.map(String);
  return null;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export function property(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function knownKeys(schema: z.core.$ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema that governs `path` in `value`. */
function schemaAt(schema: z.core.$ZodType, path: string[], value: unknown): z.core.$ZodType | undefined {
  let current: z.core.$ZodType | undefined = plain(schema, value);
  let here = value;
  for (const key of path) {
    here = Array.isArray(here) ? here[Number(key)] : property(here, key);
    if (current instanceof z.ZodObject) current = current.shape[key];
    else if (current instanceof z.ZodRecord) current = current.valueType;
    else if (current instanceof z.ZodArray) current = current.element;
    else return undefined;
    current = current && plain(current, here);
  }
  return current;
}

const wrappers = [z.ZodDefault, z.ZodOptional, z.ZodExactOptional, z.ZodNullable];

/** Without wrappers (default, optional, nullable, transform), and with the union member that `value` is of. */
function plain(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  if (wrappers.some((wrapper) => schema instanceof wrapper)) {
    return plain((schema as z.ZodOptional).unwrap(), value);
  }
  if (schema instanceof z.ZodPipe) return plain(schema.in, value);
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = schema.def;
  return schema.options
    .map((option) => plain(option, value))
    .find((option) => {
      const tag = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
      return tag instanceof z.ZodLiteral && tag.value === property(value, discriminator);
    });
}
