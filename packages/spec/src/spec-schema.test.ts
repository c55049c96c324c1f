import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { specJsonSchema } from './spec-schema.js';

function propertyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema && schema.properties ? Object.keys(schema.properties) : [];
  return [...own, ...Object.values(schema).flatMap(propertyNames)];
}

describe('specJsonSchema', () => {
  const names = [...new Set(propertyNames(specJsonSchema()))];
  const docs = readFileSync(new URL('../../../docs/spec.md', import.meta.url), 'utf8');

  it('knows the keys of both forms and of every step', () => {
    expect(names).toEqual(
      expect.arrayContaining(['study', 'steps', 'matrix', 'stepSize', 'warmupFraction', 'paper']),
    );
  });

  it.each(names)('docs/spec.md explains %s', (name) => {
    expect(docs).toMatch(new RegExp(`[\`{ ]${name}[\`:,}]`));
  });

  it('allows placeholders of a matrix where a step takes a number', () => {
    expect(JSON.stringify(specJsonSchema())).toContain('\\\\$\\\\{.+\\\\}');
  });
});
