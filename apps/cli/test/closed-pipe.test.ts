import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/toogit.js', import.meta.url));

it('ends quietly when the reader of its output has gone (| head)', async () => {
  // `true` reads nothing and is gone long before Node.js has started.
  const command = `set -o pipefail; "${process.execPath}" "${program}" --help | true`;
  const { stderr } = await promisify(execFile)('bash', ['-c', command]); // rejects unless both end with 0
  expect(stderr).toBe('');
});
