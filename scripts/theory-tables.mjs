// Prints the tables of docs/theory.md: `npx tsc -b packages/theory && node scripts/theory-tables.mjs`
import { gaussianStudy } from '../packages/theory/dist/index.js';

const study = await gaussianStudy({
  dimensions: [2, 8, 64, 512],
  epsilons: [0.1, 0.25, 0.5, 1],
  conditionNumber: 10,
  meanNorm: 1,
  seed: 1,
});
const rows = (pick) => study.dimensions.flatMap((d) => pick(d).map((row) => [d.dimension, row.epsilon, row]));
const estimate = ({ mean, standardError }) => `${mean.toFixed(3)} ± ${standardError.toFixed(3)}`;
const small = (value) => value.toExponential(1);
const trained = (d, against, epsilon) =>
  d.models.find((m) => m.trainedAgainst === against && m.epsilon === epsilon);
const attacked = (model, epsilon) => model.underAttack.find((a) => a.epsilon === epsilon);

function table(title, head, body) {
  console.log(`\n${title}\n`);
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => ' ---: ').join('|')}|`);
  for (const line of body) console.log(`| ${line.join(' | ')} |`);
}

table(
  'Theorem 1: L_adv − L',
  ['d', 'ε', 'C', 'as quoted', 'in nats', 'attacked draws', 'Σ* ∝ I, same C', 'Σ* ∝ I, same ε'],
  rows((d) => d.theorem1).map(([dimension, epsilon, t]) => [
    dimension,
    epsilon,
    t.penalty.toFixed(2),
    t.quoted.toFixed(3),
    t.lossIncrease.toFixed(3),
    estimate(t.monteCarlo),
    t.isotropicLossIncrease.toFixed(3),
    t.isotropicLossIncreaseAtEpsilon.toFixed(3),
  ]),
);
table(
  'Theorem 2: closed form against descent',
  ['d', 'ε', 'λ', 'steps', 'max relative difference of Σ', 'of μ'],
  rows((d) => d.closedFormChecks).map(([dimension, epsilon, c]) => [
    dimension,
    epsilon,
    c.lambda === null ? '∞' : c.lambda.toFixed(3),
    c.steps,
    small(c.maxRelativeDifference),
    small(c.meanRelativeDifference),
  ]),
);
table(
  'Theorem 2 against an adversary with a ball around every x',
  ['d', 'ε', 'λ(ε)', 'nearest λ', 'max relative difference of Σ', 'excess loss (nats)'],
  rows((d) => d.ballChecks).map(([dimension, epsilon, b]) => [
    dimension,
    epsilon,
    trained(
      study.dimensions.find((d) => d.dimension === dimension),
      'average',
      epsilon,
    ).lambda.toFixed(3),
    b.nearestLambda.toFixed(3),
    small(b.maxRelativeDifference),
    small(b.excessLoss),
  ]),
);
table(
  'Theorem 3: alignment angle in degrees, for this mean and for the worst mean',
  ['d', 'standard', ...study.params.epsilons.map((e) => `robust, ε = ${e}`)],
  study.dimensions.map((d) => [
    d.dimension,
    ...d.models
      .filter((m) => m.trainedAgainst !== 'ball')
      .map((m) => `${m.alignmentAngle.toFixed(1)}, worst ${m.worstAlignmentAngle.toFixed(1)}`),
  ]),
);
table(
  'Loss (nats, ball) and accuracy under attack: standard, then robust at the same ε',
  ['d', 'ε', 'loss, standard', 'loss, robust', 'accuracy, standard', 'accuracy, robust'],
  study.dimensions.flatMap((d) =>
    study.params.epsilons.map((epsilon) => {
      const both = [attacked(d.models[0], epsilon), attacked(trained(d, 'average', epsilon), epsilon)];
      return [
        d.dimension,
        epsilon,
        ...both.map((a) => estimate(a.ballLoss)),
        ...both.map((a) => a.accuracy.toFixed(3)),
      ];
    }),
  ),
);
