import { profiles, type StudyName, stepSchema, studies, studyNames } from '@toogit/catalogue';
import { label } from '@toogit/core';
import { z } from 'zod';
import { matrixSchema } from './matrix.js';

const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
  .default(0)
  .describe('All randomness of the experiment derives from it.');

const name = label().describe('What people call the experiment.');

const presetOf = <N extends StudyName>(study: N) =>
  z.strictObject({
    name: name.optional(),
    study: z.literal(study).describe(studies[study].description),
    profile: z
      .enum(profiles)
      .describe('smoke: minutes on two cores; lab: hours; paper: the paper itself, on a GPU.'),
    seed,
    overrides: studies[study].overrides.optional(),
    matrix: matrixSchema.optional(),
  });

/** A study with all its steps, by name and size. */
export const presetSchema = z.discriminatedUnion(
  'study',
  studyNames.map((study) => presetOf(study)) as [ReturnType<typeof presetOf<StudyName>>],
);

const stepName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
  error: 'a step name is a letter and at most 63 letters, digits, _ or -',
});

/** A graph of named steps. */
export const graphSchema = z.strictObject({
  name,
  seed,
  steps: z.record(stepName, stepSchema).describe('Steps by name; they name each other.'),
  matrix: matrixSchema.optional(),
});

export type PresetInput = z.input<typeof presetSchema>;
export type GraphInput = z.input<typeof graphSchema>;
export type SpecInput = PresetInput | GraphInput;

/** JSON Schema (draft 2020-12) of a spec, for editors and the API's documentation. */
export function specJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(z.union([presetSchema, graphSchema]), {
    io: 'input',
    override: ({ zodSchema, jsonSchema, path }) => {
      const inStep = path.includes('additionalProperties');
      if (!inStep || !(zodSchema instanceof z.ZodNumber || zodSchema instanceof z.ZodEnum)) return;
      const own = { ...jsonSchema };
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
      jsonSchema.anyOf = [own, { type: 'string', pattern: '^\\$\\{.+\\}$' }];
    },
  });
}
