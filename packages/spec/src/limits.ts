/** Longest spec text that is read, in bytes: some two thousand steps, and about a second to read. */
export const maxSpecBytes = 256 * 1024;
/** Most points of a matrix. */
export const maxPoints = 1_000;
/** Most keys of a matrix: each point holds a value of every key. */
export const maxMatrixKeys = 100;
/** Most values (scalars, lists, objects) of all points together: what checking and planning a spec cost. */
export const maxValues = 1_000_000;
/** Most steps of all points together. */
export const maxSteps = 20_000;
/** Most problems that one error lists. */
export const maxProblems = 200;
