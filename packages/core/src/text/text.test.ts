import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainText, label } from './text.js';

describe('label', () => {
  it.each([
    'café',
    '实验',
    'robust 8/255',
    'nan 1e+30',
    'gauss c=1',
    '👩‍🔬',
    'x'.repeat(200),
    '𝒳'.repeat(200),
  ])('accepts %s', (text) => expect(label().parse(text)).toBe(text));

  it.each(['', ' x', '\ud800', 'a\u0001', 'a\u0000', 'two\nlines', 'x'.repeat(201), '\ufffe', '\u0085'])(
    'refuses %j and names the rule',
    (text) => {
      const { error } = label().safeParse(text);
      expect(error?.issues[0]?.message).toMatch(/1 to 200 characters/);
    },
  );

  it('is stored in NFC', () => {
    expect(label().parse('cafe\u0301')).toBe('café');
  });

  it('accepts only what can be stored and shown', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 10 });
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = label().safeParse(text);
        if (!parsed.success) return;
        expect(isPlainText(parsed.data)).toBe(true);
        expect(parsed.data).toBe(parsed.data.normalize('NFC'));
        expect(JSON.parse(JSON.stringify(Buffer.from(parsed.data, 'utf8').toString('utf8')))).toBe(
          parsed.data,
        );
      }),
    );
  });
});
