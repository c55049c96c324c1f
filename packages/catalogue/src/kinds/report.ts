import { z } from 'zod';
import { figureDefinition } from '../figure-definitions.js';
import { figure } from '../figures.js';
import { defineKind } from '../kind.js';

/** Parts `report.json`, `report.html`; result is report.json itself. One report covers every point of an experiment. */
export const report = defineKind({
  version: 4,
  resource: 'cpu',
  params: z.strictObject({
    study: z.string(),
    profile: z.string().nullable(),
    specDigest: z.string(),
    figures: z.array(figureDefinition).min(1),
  }),
  inputs: { sources: { artifact: 'any', arity: 'many' } },
  output: 'report',
  result: z.strictObject({
    study: z.string(),
    profile: z.string().nullable(),
    specDigest: z.string(),
    figures: z.array(figure),
    /** Digests of the sources, in their order. */
    sources: z.array(z.string()),
  }),
  maxAttempts: 3,
});
