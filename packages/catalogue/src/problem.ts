/**
 * Something wrong at one place of a spec. A suggestion compares names, which costs more than all other checks, and there
 * may be 100,000 problems: so it is made of those only that an error lists.
 */
export interface Problem {
  path: string;
  message: string;
  suggest?: () => string | undefined;
}

export function problem(path: string, message: string, suggest?: () => string | undefined): Problem {
  return suggest === undefined ? { path, message } : { path, message, suggest };
}
