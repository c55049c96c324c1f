import type { PaperFigures } from '@toogit/catalogue';
import { isSameSetting } from '@toogit/core';

/** The paper's robust accuracy of a row at an epsilon. */
export const paperRobust = ({ paper }: { paper: PaperFigures | null }, epsilon: number): number | null =>
  paper?.robust.find((figure) => isSameSetting(figure.epsilon, epsilon))?.accuracy ?? null;
