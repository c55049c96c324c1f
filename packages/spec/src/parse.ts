import { ToogitError } from '@toogit/core';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { maxSpecBytes } from './limits.js';
import { nestingDepth } from './nesting-depth.js';

/** Deepest nesting that is read; a spec needs no more than six levels. */
const maxDepth = 32;
/** Most aliases of one text: the library goes through the whole document for each. */
const maxAliases = 200;

/**
 * The value written in a spec's text, JSON or YAML (of which JSON is a part), not yet checked: pass it to `resolveSpec`.
 * Duplicate keys, unknown tags, piles of aliases and deep nesting are refused.
 *
 * @throws ToogitError SPEC_TOO_LARGE over `maxSpecBytes`; SPEC_SYNTAX naming line and column.
 */
export function parseSpec(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxSpecBytes) {
    throw new ToogitError('SPEC_TOO_LARGE', `the spec has ${bytes} bytes; at most ${maxSpecBytes} are read`);
  }
  if (nestingDepth(text, maxDepth) > maxDepth) {
    throw new ToogitError('SPEC_SYNTAX', `nested more than ${maxDepth} levels deep`);
  }
  try {
    return parseYaml(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new ToogitError('SPEC_SYNTAX', message, { cause });
  }
}

function parseYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  // The library's own check for duplicate keys compares all pairs, which takes minutes on a long list of keys.
  // Its pretty errors take as long where there are many errors; so both are made here.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `at line ${line}, column ${col}`;
  };
  const [first] = [...document.errors, ...document.warnings];
  if (first) throw new Error(`${sentences[first.code] ?? first.message} ${at(first.pos[0])}`);
  let aliases = 0;
  visit(document, {
    Alias: () => {
      aliases += 1;
      if (aliases > maxAliases) throw new Error(`more than ${maxAliases} aliases`);
    },
    Map: (_, map) => {
      const duplicate = isMap(map) ? duplicateKey(map.items) : null;
      if (duplicate) throw new Error(`the key ${duplicate.key} comes twice ${at(duplicate.offset)}`);
    },
    Scalar: (_, { value, source = '', range }) => {
      if (value === 0 && /[1-9]/.test(source.split(/e/i)[0] ?? '')) {
        throw new Error(
          `${source.slice(0, 64)} is too near 0 to be a number of its own ${at(range?.[0] ?? 0)}`,
        );
      }
    },
  });
  return document.toJS({ maxAliasCount: 100 });
}

/** In place of messages that speak to a programmer of the library. */
const sentences: Partial<Record<string, string>> = {
  MULTIPLE_DOCS: 'a spec is one document; another begins',
};

function duplicateKey(items: { key: unknown }[]): { key: string; offset: number } | null {
  const seen = new Set<string>();
  for (const { key } of items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (seen.has(name)) return { key: name.slice(0, 64), offset: (isScalar(key) && key.range?.[0]) || 0 };
    seen.add(name);
  }
  return null;
}
