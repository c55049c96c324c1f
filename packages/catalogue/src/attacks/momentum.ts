import { settingName } from '@toogit/core';
import { z } from 'zod';

/** Of the attacks that step along a running sum of gradients. */
export const momentum = (decay: number) => ({
  decay: z
    .number()
    .min(0)
    .max(10)
    .describe(
      'Share of the running sum of gradients that stays at each step (μ): of mifgsm and nifgsm 1, of difgsm and tifgsm 0 unless given.',
    )
    .default(decay),
});

export const momentumWording = ({ decay }: { decay: number }): string[] =>
  decay === 0 ? [] : [`momentum ${settingName(decay)}`];
