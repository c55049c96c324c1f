/**
 * Our side of a race, a process of its own: `ours.js attack|train THREADS DIRECTORY`. The first one to start in a
 * directory writes the weights and the batch that every contestant loads.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeSafetensors, encodeSafetensors } from '@toogit/artifacts';
import {
  createAttack,
  createModel,
  deviceDataset,
  freezeModel,
  generator,
  type Model,
  startEngine,
  tf,
  trainClassifier,
} from '@toogit/engine';
import type { Timing } from './contestant.js';
import type { Settings, Task } from './tasks.js';

const [task, threads, directory] = process.argv.slice(2) as [Task, string, string];
const settings: Settings = JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8'));

/** Runs this many steps; the time is of the steps alone, without tracing. */
type Run = (steps: number) => Promise<{ timing: Timing; result: Float32Array; shape: number[] }>;

function loadModel(): Model {
  const model = createModel({
    architecture: 'resnet9',
    width: settings.width,
    inputShape: [32, 32, 3],
    numClasses: 10,
    mean: settings.mean,
    std: settings.std,
    seed: 1,
  });
  const path = join(directory, 'weights.safetensors');
  if (!existsSync(path)) writeFileSync(path, encodeSafetensors(Object.fromEntries(model.weights())));
  return model;
}

function loadBatch(): { images: Float32Array; labels: Int32Array } {
  const path = join(directory, 'inputs.safetensors');
  if (!existsSync(path)) {
    const random = generator([1, 2]);
    const n = settings.batchSize;
    writeFileSync(
      path,
      encodeSafetensors({
        images: {
          dtype: 'float32',
          shape: [n, 32, 32, 3],
          data: Float32Array.from({ length: n * 3072 }, () => random.below(256) / 255),
        },
        labels: { dtype: 'int32', shape: [n], data: Int32Array.from({ length: n }, () => random.below(10)) },
      }),
    );
  }
  const { images, labels } = decodeSafetensors(readFileSync(path));
  return { images: images?.data as Float32Array, labels: labels?.data as Int32Array };
}

function stopwatch(): (steps: number) => Timing {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (steps) => {
    const used = process.cpuUsage(cpu);
    return { wallMs: (performance.now() - wall) / steps, cpuMs: (used.user + used.system) / 1e3 / steps };
  };
}

function attackRun(): Run {
  const batch = loadBatch();
  const shape: [number, number, number, number] = [settings.batchSize, 32, 32, 3];
  const x = tf.tensor4d(batch.images, shape);
  const labels = tf.tensor1d(batch.labels, 'int32');
  const frozen = freezeModel(loadModel());
  const attack = (steps: number) =>
    createAttack(frozen, {
      norm: 'l2',
      epsilon: settings.epsilon,
      stepSize: settings.stepSize,
      steps,
      targeted: true,
      randomStart: false,
      restarts: 1,
      gradientSamples: 1,
    });
  const attacks = new Map<number, ReturnType<typeof attack>>();
  return async (steps) => {
    const ready = attacks.get(steps) ?? attack(steps);
    if (!attacks.has(steps)) (await ready.run(x, labels, 1)).images.dispose();
    attacks.set(steps, ready);
    const stop = stopwatch();
    const { images: adversarial } = await ready.run(x, labels, 1);
    const timing = stop(steps);
    const result = (adversarial.dataSync() as Float32Array).slice();
    adversarial.dispose();
    return { timing, result, shape };
  };
}

function trainRun(): Run {
  const { images, labels } = loadBatch();
  const dataset = deviceDataset(images, [32, 32, 3], labels);
  const model = loadModel();
  return async (steps) => {
    let stop = stopwatch();
    let firstLoss = Number.NaN;
    let timing: Timing = { wallMs: Number.NaN, cpuMs: Number.NaN };
    await trainClassifier({
      model,
      dataset,
      // One step more than is timed: the first pays for the tracing.
      params: {
        epochs: steps + 1,
        batchSize: settings.batchSize,
        learningRate: settings.learningRate,
        schedule: { kind: 'constant' },
        momentum: 0.9,
        nesterov: true,
        weightDecay: settings.weightDecay,
        augmentation: 'none',
      },
      seed: 1,
      onStep: ({ step, loss }) => {
        if (step === 1) {
          firstLoss = loss;
          stop = stopwatch();
        }
        if (step === steps + 1) timing = stop(steps);
      },
    });
    return { timing, result: Float32Array.of(firstLoss), shape: [1] };
  };
}

await startEngine({ device: 'cpu', threads: Number(threads) });
const run = task === 'attack' ? attackRun() : trainRun();
process.stdout.write('{"ready": true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as { steps: number } | { check: string } | { memory: true };
  if ('memory' in command) {
    const memory = { tensors: tf.memory().numTensors, rssBytes: process.memoryUsage().rss };
    process.stdout.write(`${JSON.stringify(memory)}\n`);
  } else if ('check' in command) {
    const { result, shape } = await run(1);
    writeFileSync(command.check, encodeSafetensors({ result: { dtype: 'float32', shape, data: result } }));
    process.stdout.write('{}\n');
  } else {
    process.stdout.write(`${JSON.stringify((await run(command.steps)).timing)}\n`);
  }
}
process.exit(0);
