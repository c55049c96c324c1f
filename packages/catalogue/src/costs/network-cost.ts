/** Cost of one network on one image. */
export interface NetworkCost {
  /**
   * Floating-point operations of a forward pass over one image, a multiply and an add apart. Convolutions and linear
   * layers count; what is left out (batch norm, activations, pooling) is a few per cent.
   */
  forwardFlops: number;
  /** Trained ones, all of them. */
  parameters: number;
  /** Numbers that a forward pass over one image puts out, layer by layer; a ReLU overwrites what it gets. */
  activations: number;
  /** Convolutions and linear layers. */
  layers: number;
  /** Outputs of the penultimate layer. */
  features: number;
}
