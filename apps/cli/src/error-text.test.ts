import { type ErrorDetail, ToogitError } from '@toogit/core';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.js';
import { exitCodeFor } from './exit-codes.js';

const stackLine = /^\s+at /m;
const plain = picocolors.createColors(false);

describe('errorText', () => {
  it('names the place, the suggestion and what to do next, without a stack', () => {
    const error = new ToogitError('SPEC_INVALID', 'The spec has 1 problem.', {
      details: [{ path: 'steps.attack.stepsize', message: 'unknown key', suggestion: 'stepSize' }],
    });
    expect(errorText(error, plain, false).split('\n')).toEqual([
      'SPEC_INVALID  The spec has 1 problem.',
      '  steps.attack.stepsize: unknown key (did you mean stepSize?)',
      '  next: Correct the keys named in details; docs/spec.md lists every key.',
    ]);
  });

  it('says a single problem once, several as a list', () => {
    const [first, second] = ['a', 'b'].map((path) => ({ path: `steps.${path}`, message: 'unknown key' }));
    const text = (message: string, details: ErrorDetail[]) =>
      errorText(new ToogitError('SPEC_INVALID', message, { details }), plain, false)
        .split('\n')
        .slice(0, -1);
    expect(text('steps.a: unknown key', [first as ErrorDetail])).toEqual([
      'SPEC_INVALID  steps.a: unknown key',
    ]);
    expect(text('steps.a: unknown key (and 1 more)', [first, second] as ErrorDetail[])).toEqual([
      'SPEC_INVALID  steps.a: unknown key (and 1 more)',
      '  steps.a: unknown key',
      '  steps.b: unknown key',
    ]);
  });

  it('shows a stack only for an internal error, and only when asked', () => {
    const internal = ToogitError.from(new TypeError('x is not a function'));
    expect(errorText(internal, plain, false)).not.toMatch(stackLine);
    expect(errorText(internal, plain, true)).toContain('error-text.test');
    expect(errorText(new ToogitError('NOT_FOUND', 'no'), plain, true)).not.toMatch(stackLine);
  });

  it.each([
    ['SPEC_INVALID', 2],
    ['NOT_FOUND', 2],
    ['STATE_DIR_IN_USE', 2],
    ['API_UNREACHABLE', 3],
    ['DATABASE_UNAVAILABLE', 3],
    ['ENGINE_MISSING', 4],
    ['INTERNAL', 4],
  ] as const)('%s exits with %i', (code, expected) => {
    expect(exitCodeFor(new ToogitError(code, ''))).toBe(expected);
  });
});
