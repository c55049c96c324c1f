import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withReference } from './with-reference.js';

it('docs/spec.md has what the definitions hold; else `npm run docs` writes it', () => {
  const text = readFileSync(new URL('../../../../docs/spec.md', import.meta.url), 'utf8');
  expect(withReference(text)).toBe(text);
});

it('a text without the parts is refused', () => {
  expect(() => withReference('# Specs')).toThrow('docs/spec.md lacks');
});
