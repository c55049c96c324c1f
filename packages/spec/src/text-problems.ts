import { type Problem, problem } from '@toogit/catalogue';
import { isPlainText } from '@toogit/core';
import { isRecord } from './problems.js';

const message =
  'holds a control character or half of a surrogate pair, which can be neither stored nor shown';

/** Keys and strings anywhere in a value that some later layer could not store or show. */
export function textProblems(value: unknown): Problem[] {
  const problems: Problem[] = [];
  // Not recursive: a value may nest deep enough to exhaust the stack.
  const open: { node: unknown; path: string }[] = [{ node: value, path: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, path } = next;
    if (typeof node === 'string' && !isPlainText(node)) problems.push(problem(path, message));
    if (!Array.isArray(node) && !isRecord(node)) continue;
    for (const [key, child] of Object.entries(node)) {
      // The key could not be shown either.
      if (!isPlainText(key)) problems.push(problem(path, `a key ${message}`));
      else open.push({ node: child, path: path === '' ? key : `${path}.${key}` });
    }
  }
  return problems;
}
