import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const requirements = ['torch==2.15.0', 'numpy', 'safetensors==0.8.0'];

/**
 * The Python of a virtual environment with PyTorch in it, made the first time (several GB: PyPI's Linux wheel brings
 * CUDA along, which a CPU run doesn't touch).
 */
export function peerPython(cacheDir: string): string {
  const directory = join(cacheDir, 'bench', requirements[0] as string);
  const python = join(directory, 'bin', 'python');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return python;
  process.stderr.write(
    `Making a Python environment with ${requirements.join(', ')} (some minutes, once) …\n`,
  );
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { stdio: ['ignore', 2, 'inherit'] });
  run('python3', ['-m', 'venv', '--clear', directory]);
  run(python, ['-m', 'pip', 'install', '--quiet', ...requirements]);
  run(python, [
    '-c',
    'import torch, safetensors, numpy; open(__import__("sys").argv[1], "w").close()',
    complete,
  ]);
  return python;
}
