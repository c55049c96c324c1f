import { z } from 'zod';

/** Control characters but tab and line breaks, lone surrogates, noncharacters: neither Postgres nor XML 1.0 has a place for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;

/** Whether every layer can store and show a text: well-formed Unicode without control characters. */
export function isPlainText(text: string): boolean {
  return !unprintable.test(text);
}

const unprintableOrBreak = '\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\ufffe\\uffff';

/** A name or title for people: one line of any Unicode text, at most `max` characters, stored in NFC. */
export const label = (max = 200) =>
  z
    .string()
    .normalize('NFC')
    .regex(new RegExp(`^[^\\s${unprintableOrBreak}][^${unprintableOrBreak}]{0,${max - 1}}$`, 'u'), {
      error: `expected 1 to ${max} characters of text that begin with no space and hold no control characters`,
    });
