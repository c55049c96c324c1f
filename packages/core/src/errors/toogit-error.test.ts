import { describe, expect, it } from 'vitest';
import { errorCodes, errorRegistry } from './registry.js';
import { ToogitError } from './toogit-error.js';

describe('ToogitError', () => {
  it.each(errorCodes)('%s crosses a process border unchanged', (code) => {
    const error = new ToogitError(code, 'what happened', {
      details: [{ path: 'a.b', message: 'wrong' }],
      digest: 'abc',
    });
    const back = ToogitError.fromJSON(JSON.parse(JSON.stringify(error)));
    expect(back).toMatchObject({ code, message: 'what happened', digest: 'abc', details: error.details });
    expect(back.status).toBe(errorRegistry[code].status);
  });

  it('makes INTERNAL of what is not coded and keeps the cause', () => {
    const cause = new RangeError('boom');
    const error = ToogitError.from(cause);
    expect(error).toMatchObject({ code: 'INTERNAL', message: 'boom', cause });
    expect(ToogitError.from(error)).toBe(error);
  });

  it('every code has a next step in a sentence', () => {
    for (const code of errorCodes) expect(errorRegistry[code].next).toMatch(/^[A-Z].*\.$/);
  });
});
