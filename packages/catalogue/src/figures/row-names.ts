import { label } from '@toogit/core';
import { z } from 'zod';
import { splits } from '../values.js';

/** Names of a row's data sets: as a spec writes them, as its job has them, and as a report shows them. */

export const writtenNames = {
  trainedOn: label().describe('Name of what the model was trained on.'),
  evaluatedOn: label().describe('Name of what it was evaluated on.').default('D'),
};

export const plannedNames = { trainedOn: z.string(), evaluatedOn: z.string() };

export const shownNames = { ...plannedNames, split: z.enum(splits) };
