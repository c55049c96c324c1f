import { readdirSync, readFileSync } from 'node:fs';
import { studyNames } from '@toogit/catalogue';
import { describe, expect, it } from 'vitest';
import { parseSpec } from './parse.js';
import { resolveSpec } from './resolve.js';

const examples = new URL('../../../examples/', import.meta.url);
const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'));
const read = (name: string) => resolveSpec(parseSpec(readFileSync(new URL(name, examples), 'utf8')));

describe('examples', () => {
  it.each(files)('%s is a valid spec', (name) => {
    expect(read(name).points.length).toBeGreaterThan(0);
  });

  it('cover every study', () => {
    expect(new Set(files.map((name) => read(name).study))).toEqual(new Set([...studyNames, null]));
  });

  it('cover every profile, a graph and a matrix', () => {
    const specs = files.map(read);
    expect(new Set(specs.map((s) => s.profile))).toEqual(new Set(['smoke', 'lab', 'paper', null]));
    expect(read('matrix.yaml').points).toHaveLength(6);
    expect(read('custom.yaml').points.map((p) => p.id)).toContain('epsilon=8/255');
  });
});
