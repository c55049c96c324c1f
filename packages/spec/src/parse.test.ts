import { describe, expect, it } from 'vitest';
import { maxSpecBytes } from './limits.js';
import { parseSpec } from './parse.js';

const coded = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('parseSpec', () => {
  it('reads JSON and YAML alike', () => {
    const value = { name: 'x', seed: 3, steps: { a: { epsilon: '8/255', nesterov: true, examples: null } } };
    expect(parseSpec(JSON.stringify(value, null, '\t'))).toEqual(value);
    expect(
      parseSpec('name: x\nseed: 3\nsteps:\n  a: { epsilon: 8/255, nesterov: true, examples: null }\n'),
    ).toEqual(value);
  });

  it.each([
    ['unfinished YAML', 'name: x\nsteps: [1\nseed: 2', 'line 3'],
    ['unfinished JSON', '{"name": "x",\n "seed": }{', 'line 2'],
    ['duplicate keys', 'name: x\nseed: 1\nseed: 2', 'line 3'],
    ['duplicate keys in JSON', '{"seed": 1, "seed": 2}', 'line 1'],
    ['unknown tag', 'name: !exec rm', 'line 1'],
    ['a number that underflows to 0', 'name: x\nepsilon: 1e-400', 'line 2'],
    ['the same in JSON', '{"steps": {"a": {"epsilon": 1e-400}}}', 'line 1'],
    ['two documents', 'name: x\n---\nname: y', 'a spec is one document; another begins at line 2'],
  ])('names the line of %s', (_, text, line) => {
    expect(() => parseSpec(text)).toThrow(coded('SPEC_SYNTAX', line));
  });

  it('reads 0, however it is written', () => {
    expect(parseSpec('[0, 0.0, 0e5, -0, 0x0, .0, 1e-300, "1e-400"]')).toEqual([
      ...[0, 0, 0, -0, 0, 0, 1e-300, '1e-400'],
    ]);
  });

  it('refuses aliases that multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => parseSpec(lines.join('\n'))).toThrow(coded('SPEC_SYNTAX', 'alias'));
  });

  it('refuses brackets nested beyond reason', () => {
    expect(() => parseSpec('['.repeat(100_000))).toThrow(coded('SPEC_SYNTAX', ''));
  });

  it('refuses a spec that is too large before it reads it', () => {
    expect(() => parseSpec('x'.repeat(10_000_000))).toThrow(coded('SPEC_TOO_LARGE', String(maxSpecBytes)));
    expect(() => parseSpec('é'.repeat(maxSpecBytes / 2 + 1))).toThrow(coded('SPEC_TOO_LARGE', ''));
  });
});
