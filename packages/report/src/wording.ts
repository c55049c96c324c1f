import {
  type AttackParams,
  distanceName,
  type FeaturePerturbation,
  settingName,
  type TrainingFacts,
} from '@toogit/jobs';

/** `26.9 %` for 0.269. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

/** `26.0 – 27.8 %`; an interval over seeds may reach beyond what a fraction can be, and ends there. */
export function percentRange([low, high]: readonly [number, number]): string {
  const [from, to] = [Math.max(0, low), Math.min(1, high)];
  return `${(100 * from).toFixed(1)} – ${(100 * to).toFixed(1)} %`;
}

const setNames: Record<string, string> = { d_robust: 'D_R', d_nonrobust: 'D_NR' };

/** `D_det` for `d_det`, `D_R` for `d_robust`: how the paper writes its constructions. */
export const setName = (name: string): string => setNames[name] ?? name.replace(/^d_/, 'D_');

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

/** `L2, ε = 0.5, 20 steps of 0.1`: the threat model. */
export function threatName(attack: AttackParams | FeaturePerturbation): string {
  const { norm, epsilon, steps, stepSize } = attack;
  const restarts = 'restarts' in attack && attack.restarts > 1 ? `, ${attack.restarts} restarts` : '';
  return `${normName(norm)}, ε = ${distanceName(epsilon)}, ${steps} steps of ${distanceName(stepSize)}${restarts}`;
}

const architectureNames: Record<string, string> = {
  cnn: 'CNN',
  resnet9: 'ResNet-9',
  resnet18: 'ResNet-18',
  resnet50: 'ResNet-50',
  vgg16: 'VGG-16',
  'inception-v3': 'Inception-v3',
  inceptionv3: 'Inception-v3',
  densenet: 'DenseNet',
  densenet121: 'DenseNet-121',
};

/** `ResNet-18` for `resnet18`. */
export const architectureName = (name: string): string => architectureNames[name] ?? name;

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
