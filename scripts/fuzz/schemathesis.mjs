/** Schemathesis at the version of requirements.txt, in a Python environment of its own under out/. */
import { existsSync } from 'node:fs';
import { phase, quietly } from '../phases.mjs';

const requirements = 'scripts/fuzz/requirements.txt';

/** TOOGIT_SCHEMATHESIS names a program to use instead. @returns {Promise<string>} the program */
export async function provideSchemathesis(logs) {
  if (process.env.TOOGIT_SCHEMATHESIS) return process.env.TOOGIT_SCHEMATHESIS;
  const environment = `${logs}/python`;
  const program = `${environment}/bin/schemathesis`;
  await phase('schemathesis', 'network', async (report) => {
    const logged = { logFile: `${logs}/python.log`, report };
    if (!existsSync(program)) await quietly('python3', ['-m', 'venv', environment], logged);
    await quietly(`${environment}/bin/pip`, ['install', '--requirement', requirements], logged);
  });
  return program;
}
