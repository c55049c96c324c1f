/** Height, width and channels. */
type Shape = readonly [number, number, number];

/** Follows the shape of the activations through a network and adds up what each layer costs. */
export class CostedNetwork {
  multiplications = 0;
  parameters = 0;
  /** Numbers that the layers put out: convolutions, batch norms, sums, concatenations, pools. */
  activations = 0;
  /** Convolutions and linear layers. */
  layers = 0;
  /** Inputs of the last linear layer. */
  features = 0;
  #shape: Shape;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  get channels(): number {
    return this.#shape[2];
  }

  /** Padded to keep the size, divided by the stride; then batch norm or a bias, both or neither. */
  conv(
    filters: number,
    { size = [3, 3], stride = 1, batchNorm = true, bias = !batchNorm }: ConvOptions = {},
  ): this {
    const [height, width, channels] = this.#shape;
    const weights = size[0] * size[1] * channels * filters;
    this.#shape = [Math.ceil(height / stride), Math.ceil(width / stride), filters];
    this.parameters += weights + (bias ? filters : 0);
    this.multiplications += weights * this.#shape[0] * this.#shape[1];
    this.layers++;
    this.#output();
    return batchNorm ? this.batchNorm() : this;
  }

  /** A scale and an offset a channel; running statistics aren't trained and don't count. */
  batchNorm(): this {
    this.parameters += 2 * this.channels;
    return this.#output();
  }

  /** The branches' channels side by side. */
  concat(...branches: ((branch: CostedNetwork) => void)[]): this {
    const forks = branches.map((build) => this.#fork(build));
    const [height, width] = (forks[0] as CostedNetwork).#shape;
    this.#shape = [height, width, forks.reduce((sum, fork) => sum + fork.channels, 0)];
    // Twice: backwards, every branch gets its slice.
    return this.#output().#output();
  }

  /** Added to its input, which a 1×1 convolution fits to it where the shapes differ. */
  residual(build: (body: CostedNetwork) => void, stride = 1): this {
    const body = this.#fork(build).#shape;
    if (body.join() !== this.#shape.join()) this.conv(body[2], { size: [1, 1], stride });
    return this.#output();
  }

  /** By half; an odd size is rounded down where the pool has no padding, up where it has. */
  pool(round: (size: number) => number = Math.floor): this {
    const [height, width, channels] = this.#shape;
    this.#shape = [round(height / 2), round(width / 2), channels];
    return this.#output();
  }

  globalPool(): this {
    this.#shape = [1, 1, this.channels];
    return this;
  }

  flatten(): this {
    const [height, width, channels] = this.#shape;
    this.#shape = [1, 1, height * width * channels];
    return this;
  }

  /** After `flatten` or `globalPool`. */
  dense(units: number, { bias = true } = {}): this {
    this.features = this.channels;
    return this.conv(units, { size: [1, 1], batchNorm: false, bias });
  }

  #output(): this {
    this.activations += this.#shape.reduce((product, n) => product * n, 1);
    return this;
  }

  /** What `build` adds to a network of this shape; its cost is ours, its shape stays its own. */
  #fork(build: (branch: CostedNetwork) => void): CostedNetwork {
    const fork = new CostedNetwork(this.#shape);
    build(fork);
    this.parameters += fork.parameters;
    this.multiplications += fork.multiplications;
    this.activations += fork.activations;
    this.layers += fork.layers;
    return fork;
  }
}

interface ConvOptions {
  size?: readonly [number, number];
  stride?: number;
  batchNorm?: boolean;
  bias?: boolean;
}
