import type { NetworkCost } from '@toogit/networks';

/*
 * Narrow networks are limited by memory, not by arithmetic: an eighth of a ResNet-9 and a 32nd of an Inception-v3 have
 * about as many flops, and the second takes ten times as long. So time is estimated from flops and from the numbers that
 * layers put out, and what is done once is counted too. The constants are of two cores; how fast these are is measured.
 */

/** A number that a layer puts out, written and read again by what follows it, in flops. */
const activationFlops = 300;
/** Tracing and optimising the functions of one layer, in flops. */
const tracedLayerFlops = { train: 4e9, frozen: 1e9 };

/** Of a pass over one image, forward or backward. */
export const passWork = ({ forwardFlops, activations }: NetworkCost) =>
  forwardFlops + activationFlops * activations;

/** Of making the functions that a job calls, once. */
export const traceWork = (mode: keyof typeof tracedLayerFlops, { layers }: NetworkCost) =>
  tracedLayerFlops[mode] * layers;

/** A byte that is read, decoded or copied outside the engine, in flops. */
export const byteWork = 30;
