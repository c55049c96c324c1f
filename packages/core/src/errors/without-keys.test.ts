import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutKeys } from './without-keys.js';

const id = '0123456789abcdef';
const secret = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);

describe('withoutKeys', () => {
  it('masks a key in any text, and leaves the text', () => {
    fc.assert(
      fc.property(fc.string(), secret, fc.constantFrom('', ' ', '/', '"', '&', '\n'), (before, it, after) => {
        const masked = withoutKeys(`${before}/tgt_${id}_${it}${after}`);
        expect(masked).not.toContain(it);
        expect(masked.endsWith(`tgt_${id}_[secret]${after}`)).toBe(true);
        expect(withoutKeys(masked)).toBe(masked);
      }),
    );
  });

  it.each([
    ['cut off', `tgt_${id}_AbCdEf`, `tgt_${id}_[secret]`],
    ['without an id', 'tgt_AbCdEf', 'tgt_[secret]'],
    ['percent-encoded', `tgt%5F${id}%5fAb%43dEf`, `tgt_${id}_[secret]`],
    ['twice', `tgt_${id}_a tgt_${id}_b`, `tgt_${id}_[secret] tgt_${id}_[secret]`],
    ['its form', 'of the form tgt_<id>_<secret>, or tgt_…', 'of the form tgt_<id>_<secret>, or tgt_…'],
  ])('%s', (_, text, masked) => {
    expect(withoutKeys(text)).toBe(masked);
  });
});
