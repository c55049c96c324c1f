import { beforeAll, expect, it } from 'vitest';
import { startTestEngine } from '../backend/testing/start-test-engine.js';
import { tf } from '../backend/tf.js';
import type { Classifier } from '../models/model.js';
import { toyTensors, trainedToy } from '../training/bright-quarters.fixture.js';
import { createAttack } from './attack.js';
import { stepRules } from './step-rules.js';

let model: Classifier;
let x: tf.Tensor4D;
let y: tf.Tensor1D;
beforeAll(async () => {
  await startTestEngine();
  model = await trainedToy();
  ({ x, y } = toyTensors());
});

const epsilon = 0.5;
/** Own parameters of all of them; each takes what it has. */
const own = {
  stepSize: 0.05,
  decay: 1,
  kernelSize: 3,
  resizeRate: 0.8,
  diversityProbability: 0.5,
  steps: 20,
  loss: 'ce' as const,
  firstShare: 0.8,
};

it.each(Object.entries(stepRules))(
  '%s fools a trained model within the ball, the same way twice',
  async (_, rule) => {
    const attack = createAttack(model, {
      ...{ norm: 'linf', epsilon, stepSize: own.stepSize, steps: own.steps, targeted: false },
      ...{ randomStart: false, restarts: 1, gradientSamples: 1, rule: (set) => rule(set, own) },
    });
    const { images } = await attack.run(x, y, 1);
    const again = await attack.run(x, y, 1);
    const right = (of: tf.Tensor4D) => model.forward(of).argMax(1).equal(y).mean().dataSync()[0] as number;
    expect(right(x)).toBeGreaterThan(0.9);
    expect(right(images)).toBeLessThan(0.2);
    expect(images.sub(x).abs().max().dataSync()[0]).toBeLessThanOrEqual(epsilon);
    expect(Array.from(again.images.dataSync())).toEqual(Array.from(images.dataSync()));
    tf.dispose([images, again.images]);
    attack.dispose();
  },
);
