import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineFacts } from './engine-facts.js';
import { installTensorFlow } from './provision/install-tensorflow.js';
import { startEngine } from './start-engine.js';
import { tf } from './tf.js';

let emptyCache: string;

beforeAll(async () => {
  await installTensorFlow();
  emptyCache = await mkdtemp(join(tmpdir(), 'toogit-engine-'));
}, 600_000);

afterAll(async () => {
  await rm(emptyCache, { recursive: true });
});

/** Runs a program that uses the built engine in a process of its own. */
async function runProgram(body: string): Promise<string> {
  return (await outputOf(body)).stdout.trim();
}

async function outputOf(body: string): Promise<{ stdout: string; stderr: string }> {
  const dist = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
  const source = `import { startEngine, engineFacts, hasNativeOps, tf, traceFunction } from ${JSON.stringify(dist)};\n${body}`;
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', source]);
}

describe('startEngine', () => {
  it('says how to install TensorFlow where it is missing', async () => {
    await expect(startEngine({ device: 'cpu', cacheDir: emptyCache })).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      message: expect.stringContaining('toogit engine install'),
    });
  });

  it('gives a process one engine, with reasons, on the best device', async () => {
    const engine = await startEngine({ threads: 1 });
    expect(engine).toMatchObject({ tensorflowVersion: '2.21.0', threads: 1 });
    if (engine.device === 'cpu') expect(engine.reasons.join()).toMatch(/CUDA|GPU|driver/);
    expect(engine.tf).toBe(tf);
    expect(tf.getBackend()).toBe('tensorflow');
    expect(await startEngine({ threads: 1 })).toBe(engine);
    await expect(startEngine({ threads: 2 })).rejects.toMatchObject({ code: 'CONFLICT' });
    const { tf: _, ...running } = engine;
    expect(await engineFacts()).toMatchObject({ running, installed: { cpu: expect.any(String) } });
  });

  it('reports an empty cache as nothing installed', async () => {
    const facts = await engineFacts({ cacheDir: emptyCache });
    expect(facts.installed).toEqual({ cpu: undefined, cuda: undefined });
  });

  it('comes and leaves quietly: a process that used TensorFlow says nothing and exits with 0', async () => {
    const program = `await startEngine({ device: 'cpu', threads: 2 }); console.log(tf.ones([3]).sum().dataSync()[0]);`;
    expect(await outputOf(program)).toEqual({ stdout: '3\n', stderr: '' });
  });

  it('runs everything in plain JavaScript where that is chosen', async () => {
    const output = await runProgram(`
      const { device, reasons } = await startEngine({ device: 'js' });
      const v = tf.variable(tf.scalar(1));
      const step = traceFunction((x) => { v.assign(v.add(x)); return v.square(); }, [tf.scalar(0)], { variables: [v] });
      const results = [step(tf.scalar(1)).dataSync()[0], (await step.async(tf.scalar(1))).dataSync()[0]];
      let refused; try { step(tf.zeros([2])); } catch (error) { refused = error.code; }
      console.log(JSON.stringify({ device, native: hasNativeOps(), reasons: reasons.length, results, refused }));
    `);
    expect(JSON.parse(output.split('\n').at(-1) ?? '')).toEqual({
      device: 'js',
      native: false,
      reasons: 1,
      results: [4, 9],
      refused: 'TRACE_UNSUPPORTED',
    });
  });
});
