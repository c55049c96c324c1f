import {
  type Architecture,
  type AttackName,
  type AttackParams,
  architectures,
  attackOf,
  type FeaturePerturbation,
  ownParametersOf,
  type Split,
  type TrainingFacts,
} from '@toogit/catalogue';
import { distanceName, settingName } from '@toogit/core';

/** `26.9 %` for 0.269. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** In place of a number that there is none of. */
export const unknown = '–';

/** `26.0 – 27.8 %`; an interval over seeds may reach beyond what a fraction can be, and ends there. */
export function percentRange([low, high]: readonly [number, number]): string {
  const [from, to] = [Math.max(0, low), Math.min(1, high)];
  return `${(100 * from).toFixed(1)} – ${(100 * to).toFixed(1)} %`;
}

const setNames: Record<string, string> = { d_robust: 'D_R', d_nonrobust: 'D_NR' };

/** `D_det` for `d_det`, `D_R` for `d_robust`: how the paper writes its constructions. */
export const setName = (name: string): string => setNames[name] ?? name.replace(/^d_/, 'D_');

/** `D`, `D (train split)`: accuracy on the images that a model was trained on is not what is meant by accuracy. */
export const evaluatedName = ({ evaluatedOn, split }: { evaluatedOn: string; split: Split }): string =>
  split === 'train' ? `${setName(evaluatedOn)} (train split)` : setName(evaluatedOn);

/** `L2`, `L∞`. */
export const normName = (norm: string): string => (norm === 'linf' ? 'L∞' : norm.replace(/^l/, 'L'));

/** A measured number, to four significant digits: 0.4987. */
export const plainNumber = (value: number): string => String(Number(value.toPrecision(4)));

/** Two decimals, with a true minus. */
export const signed = (value: number): string => value.toFixed(2).replace(/^-/, '−');

export const wholeNumber = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');

/** `L2 ε = 0.5`, `L∞ ε = 8/255`. */
export const ballName = ({ norm, epsilon }: { norm: string; epsilon: number }): string =>
  `${normName(norm)} ε = ${distanceName(epsilon)}`;

/** `PGD`, `MI-FGSM, momentum 1`: an attack with the parameters that no other has. */
export function methodName(attack: { method?: AttackName }): string {
  const { title, wording } = attackOf(attack);
  return [title, ...wording(ownParametersOf(attack))].join(', ');
}

/** The threat model: `L2, ε = 0.5, 20 steps of 0.1`, after the name of an attack that is not PGD. */
export const threatName = (attack: AttackParams | FeaturePerturbation): string =>
  'targets' in attack && methodName(attack) !== methodName({})
    ? `${methodName(attack)}: ${settingsName(attack)}`
    : settingsName(attack);

/** `L2, ε = 0.5, 20 steps of 0.1, targets: next`. */
export function settingsName(attack: AttackParams | FeaturePerturbation): string {
  const { norm, epsilon, steps, stepSize } = attack;
  const name = `${normName(norm)}, ε = ${distanceName(epsilon)}, ${steps} steps of ${distanceName(stepSize)}`;
  return [name, ...unusualSettings(attack)].join(', ');
}

/** What differs from one float32 PGD without targets, random start, restarts and averaged gradients. */
function unusualSettings(attack: AttackParams | FeaturePerturbation): string[] {
  const { targets, randomStart, restarts, gradientSamples }: Partial<AttackParams> =
    'targets' in attack ? attack : {};
  return [
    targets && targets !== 'none' ? `targets: ${targets}` : '',
    randomStart ? 'random start' : '',
    restarts && restarts > 1 ? `${restarts} restarts` : '',
    gradientSamples && gradientSamples > 1 ? `${gradientSamples} gradients averaged` : '',
    attack.precision === 'float32' ? '' : attack.precision,
  ].filter((part) => part !== '');
}

/** Short names of attacks that stand side by side: the ball, and of the rest what is not the same in all. */
export function attackLabels(attacks: readonly AttackParams[]): (attack: AttackParams) => string {
  const parts: ((attack: AttackParams) => string)[] = [
    methodName,
    ({ targets }) => (targets === 'none' ? 'untargeted' : `target ${targets}`),
    ({ steps }) => (steps === 1 ? '1 step' : `${steps} steps`),
    ({ stepSize, epsilon }) => (stepSize === epsilon / 5 ? 'of ε/5' : `of ${distanceName(stepSize)}`),
    ({ randomStart }) => (randomStart ? 'random start' : 'fixed start'),
    ({ restarts }) => (restarts === 1 ? '1 start' : `${restarts} restarts`),
    ({ gradientSamples }) => (gradientSamples === 1 ? '1 gradient' : `${gradientSamples} gradients`),
    ({ precision }) => precision,
  ];
  const telling = parts.filter((part) => {
    const byBall = new Map<string, Set<string>>();
    for (const attack of attacks) {
      const ball = ballName(attack);
      byBall.set(ball, (byBall.get(ball) ?? new Set()).add(part(attack)));
    }
    return [...byBall.values()].some((values) => values.size > 1);
  });
  return (attack) => [ballName(attack), ...telling.map((part) => part(attack))].join(' · ');
}

/** `ResNet-18` for `resnet18`; a name that a stored report has and that is known no more stays as it is. */
export const architectureName = (name: string): string =>
  Object.hasOwn(architectures, name) ? architectures[name as Architecture].title : name;

/** `ResNet-9, width 0.25, 20 epochs at 0.1, flip-crop`. */
export function trainingName(training: TrainingFacts): string {
  const { architecture, width, depth, epochs, learningRate, augmentation, adversarial } = training;
  return [
    architectureName(architecture),
    `width ${settingName(width)}`,
    depth === null ? null : `depth ${depth}`,
    `${epochs} epochs at learning rate ${settingName(learningRate)}`,
    augmentation === 'none' ? 'no augmentation' : augmentation,
    adversarial === null
      ? null
      : `adversarial (${ballName(adversarial)}, ${adversarial.steps} steps of ${distanceName(adversarial.stepSize)})`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `seed 0`, `seed 0, conditionNumber=4`: what distinguishes rows of one definition. */
export const originName = ({ seed, point }: { seed: number; point: string }): string =>
  [`seed ${seed}`, point].filter((part) => part !== '').join(', ');
