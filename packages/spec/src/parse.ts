import { ToogitError } from '@toogit/errors';
import { parseDocument } from 'yaml';
import { maxSpecBytes } from './limits.js';

/**
 * The value written in a spec's text, JSON or YAML (of which JSON is a part), not yet checked: pass it to `resolveSpec`.
 * Duplicate keys, unknown tags and piles of aliases are refused.
 *
 * @throws ToogitError SPEC_TOO_LARGE over `maxSpecBytes`; SPEC_SYNTAX naming line and column.
 */
export function parseSpec(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxSpecBytes) {
    throw new ToogitError('SPEC_TOO_LARGE', `the spec has ${bytes} bytes; at most ${maxSpecBytes} are read`);
  }
  try {
    const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true });
    const [first] = [...document.errors, ...document.warnings];
    if (first) throw first;
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new ToogitError('SPEC_SYNTAX', message, { cause });
  }
}
