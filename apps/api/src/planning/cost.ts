/*
 * A rate limit counts requests; what a request costs beyond the usual counts as further requests. Costs follow from
 * sizes, not from times, so that the same request costs the same on every machine.
 */

const bytesOfOne = 8_192;
const jobsOfOne = 500;

/** Of parsing and checking a spec. */
export const costOfText = (text: string) => Math.floor(text.length / bytesOfOne);

/** Of planning, or of listing, so many jobs. */
export const costOfJobs = (jobs: number) => Math.floor(jobs / jobsOfOne);
