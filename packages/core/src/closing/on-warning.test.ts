import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const module = new URL('../../dist/index.js', import.meta.url).href;

function run(script: string) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { stdout, stderr };
}

it('keeps warnings of libraries off stderr', () => {
  const warn = `process.emitWarning('gone in pg@9', 'DeprecationWarning'); await new Promise(setImmediate);`;
  expect(run(warn).stderr).toContain('gone in pg@9');
  const { stdout, stderr } = run(
    `import { onWarning } from '${module}'; onWarning(({ name, message }) => console.log(name, message)); ${warn}`,
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'DeprecationWarning gone in pg@9\n', stderr: '' });
});
