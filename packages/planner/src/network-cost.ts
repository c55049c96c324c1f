import type { Architecture, DatasetName } from '@toogit/jobs';

/** Cost of one network on one image. */
export interface NetworkCost {
  /** Floating-point operations of a forward pass over one image; a multiply and an add count apart. */
  forwardFlops: number;
  parameters: number;
  /** Outputs of the penultimate layer. */
  features: number;
}

type ImageShape = readonly [height: number, width: number, channels: number];

const imageShapes: Record<DatasetName, ImageShape> = {
  cifar10: [32, 32, 3],
  mnist: [28, 28, 1],
  'restricted-imagenet': [224, 224, 3],
};

/** @param imageSize height and width, where the data set has no size of its own; else null */
export function imageShapeOf(dataset: DatasetName, imageSize: number | null): ImageShape {
  const [height, width, channels] = imageShapes[dataset];
  return [imageSize ?? height, imageSize ?? width, channels];
}

const classes = 10;

/**
 * Convolutions and linear layers of an architecture at a width, as the engine builds them; what is left out (batch
 * norm, activations, pooling) is a few per cent.
 */
export function networkCost(
  architecture: Architecture,
  width: number,
  dataset: DatasetName,
  imageSize: number | null = null,
): NetworkCost {
  const network = new CostedNetwork(imageShapeOf(dataset, imageSize), width);
  build[architecture](network);
  const { multiplications, parameters, features } = network;
  return { forwardFlops: 2 * multiplications, parameters, features };
}

const build: Record<Architecture, (network: CostedNetwork) => void> = {
  cnn(network) {
    network
      .conv(32, { size: 5 })
      .pool()
      .conv(64, { size: 5 })
      .pool()
      .flatten()
      .dense(network.at(1024))
      .dense(classes);
  },
  resnet9(network) {
    network
      .conv(64)
      .conv(128)
      .pool()
      .conv(128)
      .conv(128)
      .conv(256)
      .pool()
      .conv(512)
      .pool()
      .conv(512)
      .conv(512);
    network.dense(classes);
  },
  resnet18(network) {
    network.conv(64);
    stages(network, [2, 2, 2, 2], (filters, stride) => {
      network.shortcut(filters, stride).conv(filters, { stride }).conv(filters);
    });
  },
  resnet50(network) {
    network.conv(64);
    stages(network, [3, 4, 6, 3], (filters, stride) => {
      network.shortcut(4 * filters, stride);
      network
        .conv(filters, { size: 1 })
        .conv(filters, { stride })
        .conv(4 * filters, { size: 1 });
    });
  },
};

function stages(network: CostedNetwork, blocks: number[], block: (filters: number, stride: number) => void) {
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++) block(64 * 2 ** stage, stage > 0 && i === 0 ? 2 : 1);
  }
  network.dense(classes);
}

/** Follows the shape of the activations through a network and adds up what each layer costs. */
class CostedNetwork {
  multiplications = 0;
  parameters = 0;
  /** Inputs of the last linear layer. */
  features = 0;
  #height: number;
  #columns: number;
  #channels: number;

  constructor(
    [height, columns, channels]: readonly [number, number, number],
    readonly width: number,
  ) {
    this.#height = height;
    this.#columns = columns;
    this.#channels = channels;
  }

  /** Channels at this width where the published network has `published`: a multiple of 4, at least 4. */
  at(published: number): number {
    return Math.max(4, Math.round((published * this.width) / 4) * 4);
  }

  conv(published: number, { size = 3, stride = 1 } = {}): this {
    this.#height = Math.ceil(this.#height / stride);
    this.#columns = Math.ceil(this.#columns / stride);
    this.#add(size * size * this.#channels * this.at(published));
    this.#channels = this.at(published);
    return this;
  }

  /** The 1×1 convolution beside a residual block, where the block changes the shape. */
  shortcut(published: number, stride: number): this {
    const out = this.at(published);
    if (stride === 1 && out === this.#channels) return this;
    const weights = this.#channels * out;
    this.parameters += weights;
    this.multiplications += (weights * this.#height * this.#columns) / stride ** 2;
    return this;
  }

  pool(): this {
    this.#height = Math.floor(this.#height / 2);
    this.#columns = Math.floor(this.#columns / 2);
    return this;
  }

  flatten(): this {
    this.#channels *= this.#height * this.#columns;
    return this;
  }

  dense(units: number): this {
    this.#height = 1;
    this.#columns = 1;
    this.features = this.#channels;
    this.#add(this.#channels * units);
    this.#channels = units;
    return this;
  }

  #add(weights: number): void {
    this.parameters += weights;
    this.multiplications += weights * this.#height * this.#columns;
  }
}
