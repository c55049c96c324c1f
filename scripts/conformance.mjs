/**
 * `npm run conformance`: computes anew what peers in Python make of the same networks and images: packages/engine/golden. The
 * tests compare the engine with these files, without Python. Several GB of packages, once, in out/conformance.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { interruptChildren, openly } from './phases.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interruptChildren(signal));

const golden = 'packages/engine/golden';
const environment = 'out/conformance';
const python = resolve(environment, 'bin', 'python');

async function run(command, args) {
  const { status } = await openly(command, args);
  if (status !== 'exit code 0') throw new Error(`${command} ${args.join(' ')} ended with ${status}.`);
}

if (!existsSync(python)) await run('python3', ['-m', 'venv', environment]);
await run(python, ['-m', 'pip', 'install', '--quiet', '-r', `${golden}/requirements.txt`]);
for (const script of ['generate.py', 'attacks.py']) await run(python, [`${golden}/${script}`]);
await run('node_modules/.bin/biome', ['format', '--write', golden]);
