import { Lexer } from 'yaml';

/** Comes before the text of an unquoted or block scalar. */
const scalarFollows = '\x1f';

/**
 * An upper bound of how deep a YAML or JSON text nests, without parsing it: the parser recurses, and a hostile text can
 * exhaust the stack so badly that the process dies. Counts open brackets; the indentation of a line in steps of two
 * columns, and `-` and `?` that open several levels on one line. Stops when `enough` is passed.
 */
export function nestingDepth(text: string, enough: number): number {
  let deepest = 0;
  let brackets = 0;
  let indentation = 0;
  let indicators = 0;
  let isScalar = false;
  let previous = '\n';
  for (const token of new Lexer().lex(text)) {
    if (isScalar) {
      isScalar = false;
      continue;
    }
    if (token === scalarFollows) isScalar = true;
    else if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets--;
    else if (token === '-' || token === '?') indicators++;
    else if (token.endsWith('\n')) indicators = 0;
    if (previous.endsWith('\n')) indentation = /^ *$/.test(token) ? token.length / 2 : 0;
    previous = token;
    deepest = Math.max(deepest, brackets + (brackets > 0 ? 0 : indentation) + indicators);
    if (deepest > enough) break;
  }
  return deepest;
}
