import { z } from 'zod';
import { type DatasetName, datasets } from '../datasets.js';
import type { StepInput } from '../kinds.js';
import { withoutMirrors } from './without-mirrors.js';

export const profiles = ['smoke', 'lab', 'paper'] as const;
export type Profile = (typeof profiles)[number];

/** A study of the paper as a preset: parameters by profile, and the steps they make. */
export interface Study {
  /** Heading of its report. */
  title: string;
  /** A sentence for people who choose. */
  description: string;
  /** How it goes, in Markdown. */
  about: string;
  /** The seeds that a profile runs unless the spec lists them. */
  seeds: Record<Profile, number[]>;
  /** Any of the parameters, changed. */
  overrides: z.ZodType<Record<string, unknown>>;
  /** A profile's steps with some parameters changed. `overrides` as `this.overrides` gave them. */
  steps(profile: Profile, overrides?: Record<string, unknown>): Record<string, StepInput>;
}

interface StudyOptions<S extends z.ZodRawShape> {
  title: string;
  description: string;
  about: string;
  seeds: Record<Profile, number[]>;
  /** Every parameter; a nested object (the settings of one training) is overridden key by key. */
  shape: S;
  profiles: Record<Profile, z.input<z.ZodObject<S>>>;
  steps(parameters: z.output<z.ZodObject<S>>): Record<string, StepInput>;
}

export function defineStudy<S extends z.ZodRawShape>(options: StudyOptions<S>): Study {
  const { title, description, about, seeds, shape } = options;
  const parameters = z.strictObject(shape);
  return {
    title,
    description,
    about,
    seeds,
    overrides: overridesOf(shape),
    steps(profile, overrides = {}) {
      const usual: Record<string, unknown> = options.profiles[profile];
      const base = mirrorable(overrides.dataset) ? usual : withoutMirrors(usual);
      return options.steps(parameters.parse(merged(base, overrides)) as z.output<z.ZodObject<S>>);
    },
  };
}

const mirrorable = (dataset: unknown) =>
  typeof dataset !== 'string' || datasets[dataset as DatasetName].mirrorable;

const overridesOf = (shape: z.ZodRawShape) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(shape).map(([key, field]) => [
          key,
          field instanceof z.ZodObject ? described(field.partial(), field.description) : field,
        ]),
      ),
    )
    .partial()
    .describe("Parameters that differ from the profile's.");

const described = (schema: z.ZodType, description: string | undefined) =>
  description === undefined ? schema : schema.describe(description);

function merged(base: Record<string, unknown>, overrides: Record<string, unknown>): Record<string, unknown> {
  const nested = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value);
  return {
    ...base,
    ...Object.fromEntries(
      Object.entries(overrides).map(([key, value]) => {
        const old = base[key];
        return [key, nested(value) && nested(old) ? { ...old, ...value } : value];
      }),
    ),
  };
}
