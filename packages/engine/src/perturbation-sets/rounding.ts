/**
 * Images are float32, and each pixel is rounded when it is stored: a point projected exactly onto the ball would lie a
 * little outside. These are the radii to project onto instead, so that ‖x' − x‖ ≤ epsilon holds in exact arithmetic,
 * whether x is taken as its float32 pixels or as the bytes / 255 that they came from.
 */

/** Half a unit in the last place below 1: what rounding moves a pixel in [0,1] by, at most; once for x', once for x. */
const perPixel = 2 * 2 ** -25;

/** The radius itself is rounded too. */
export const linfRadius = (epsilon: number): number => Math.max(0, epsilon * (1 - 2 ** -23) - perPixel);

/** @param dimensions pixels times channels: their squares are summed in float32, which rounds as well */
export const l2Radius = (epsilon: number, dimensions: number): number =>
  Math.max(0, epsilon * (1 - 2 ** -17) - perPixel * Math.sqrt(dimensions));
