import { type ErrorDetail, ToogitError } from '@toogit/core';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

/** The same refusal with the line of each problem in the text it was read from; other errors as they are. */
export function withLines(error: unknown, text: string): unknown {
  if (!(error instanceof ToogitError) || error.code !== 'SPEC_INVALID' || !error.details) return error;
  const lineOf = lineFinder(text);
  const details = error.details.map((detail) => ({ ...detail, line: lineOf(detail) }));
  const [first] = details;
  const message = first === undefined ? error.message : `line ${first.line}, ${error.message}`;
  return new ToogitError(error.code, message, { cause: error, details });
}

/** Finds the line, from 1, of a dotted path: of its key if it is there, else of the deepest thing above it that is. */
function lineFinder(text: string): (detail: ErrorDetail) => number {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter });
  return ({ path }) => {
    const offset = offsetOf(contents, path === '' ? [] : path.split('.'));
    return Math.max(1, lineCounter.linePos(offset).line);
  };
}

/** Offset of the key at `path` below `node`, or, where it is missing, `otherwise`. */
function offsetOf(node: unknown, path: string[], otherwise = 0): number {
  if (path.length === 0) return otherwise;
  if (isSeq(node)) {
    const [index, ...rest] = path;
    const item = node.items[Number(index)];
    return isNode(item) ? offsetOf(item, rest, item.range?.[0] ?? otherwise) : otherwise;
  }
  if (!isMap(node)) return otherwise;
  // A key may hold dots itself: `d_det.epochs` in a matrix.
  for (let length = 1; length <= path.length; length++) {
    const name = path.slice(0, length).join('.');
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (!pair || !isScalar(pair.key)) continue;
    return offsetOf(pair.value, path.slice(length), pair.key.range?.[0] ?? otherwise);
  }
  return otherwise;
}
