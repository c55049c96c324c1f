import { label } from '@toogit/core';
import { z } from 'zod';
import { splits } from '../values.js';

/** Names of a row's data sets: as a spec writes them, as its job has them, and as a report shows them. */

export const writtenNames = {
  trainedOn: label().describe('What the row says the model was trained on.'),
  evaluatedOn: label().describe('What the row says it was evaluated on.').default('D'),
};

export const plannedNames = { trainedOn: z.string(), evaluatedOn: z.string() };

export const shownNames = { ...plannedNames, split: z.enum(splits) };
