import picocolors from 'picocolors';
import { expect, it } from 'vitest';
import { warningLines } from './warning-text.js';

it('a warning is two lines: what, and what to change', () => {
  const colors = picocolors.createColors(false);
  const warning = {
    path: 'steps.a.restarts',
    message: '3 restarts are one attack',
    next: 'Set restarts: 1.',
  };
  expect(warningLines([warning], { colors })).toEqual([
    'warning steps.a.restarts: 3 restarts are one attack',
    '  next: Set restarts: 1.',
  ]);
  expect(warningLines([], { colors })).toEqual([]);
});
