import type { Architecture } from '@toogit/catalogue';
import type { CostedNetwork } from './costed-network.js';

/** Channels where the published network has so many. */
type Channels = (published: number) => number;

/** Adds the layers from the images to the classes. */
type Build = (network: CostedNetwork, at: Channels, depth: number) => void;

const classes = 10;

/** The networks of the engine, for their cost: a test holds both together. */
export const builds: Record<Architecture, Build> = {
  cnn(network, at) {
    const five = { size: [5, 5], batchNorm: false } as const;
    network.conv(at(32), five).pool().conv(at(64), five).pool().flatten().dense(at(1024)).dense(classes);
  },
  resnet9(network, at) {
    const twice = (filters: number) => (body: CostedNetwork) => body.conv(filters).conv(filters);
    network
      .conv(at(64))
      .conv(at(128))
      .pool()
      .residual(twice(at(128)));
    network
      .conv(at(256))
      .pool()
      .conv(at(512))
      .pool()
      .residual(twice(at(512)));
    network.globalPool().dense(classes, { bias: false });
  },
  resnet18: (network, at) =>
    resnet(network, at, [2, 2, 2, 2], (body, filters, stride) => {
      body.conv(filters, { stride }).conv(filters);
    }),
  resnet50: (network, at) =>
    resnet(network, at, [3, 4, 6, 3], (body, filters, stride) => {
      body
        .conv(filters, one)
        .conv(filters, { stride })
        .conv(4 * filters, one);
    }),
  vgg16(network, at) {
    for (const [count, published] of [
      [2, 64],
      [2, 128],
      [3, 256],
      [3, 512],
      [3, 512],
    ] as const) {
      for (let i = 0; i < count; i++) network.conv(at(published), { bias: true });
      network.pool();
    }
    network.flatten().dense(classes);
  },
  inceptionv3,
  densenet121: (network, at) => denseNet(network, at(32), [6, 12, 24, 16]),
  'densenet-bc'(network, at, depth) {
    const layers = (depth - 4) / 6;
    denseNet(network, at(12), [layers, layers, layers]);
  },
};

const one = { size: [1, 1] } as const;

function resnet(
  network: CostedNetwork,
  at: Channels,
  blocks: number[],
  block: (body: CostedNetwork, filters: number, stride: number) => void,
): void {
  network.conv(at(64));
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      network.residual((body) => block(body, at(64 * 2 ** stage), stride), stride);
    }
  }
  network.globalPool().dense(classes);
}

function denseNet(network: CostedNetwork, growth: number, blocks: number[]): void {
  const bare = { batchNorm: false, bias: false };
  network.conv(2 * growth, bare);
  for (const [index, layers] of blocks.entries()) {
    if (index > 0)
      network
        .batchNorm()
        .conv(Math.floor(network.channels / 2), { ...bare, ...one })
        .pool();
    for (let i = 0; i < layers; i++) {
      network.concat(
        () => {},
        (branch) =>
          branch
            .batchNorm()
            .conv(4 * growth, one)
            .conv(growth, bare),
      );
    }
  }
  network.batchNorm().globalPool().dense(classes);
}

function inceptionv3(network: CostedNetwork, at: Channels): void {
  /** A branch of convolutions; a size is that of a square, or height and width. */
  const branch =
    (...convolutions: [published: number, size: number | [number, number], stride?: number][]) =>
    (fork: CostedNetwork) => {
      for (const [published, size, stride = 1] of convolutions) {
        fork.conv(at(published), { size: typeof size === 'number' ? [size, size] : size, stride });
      }
      return fork;
    };
  const halve = (fork: CostedNetwork) => fork.pool(Math.ceil);
  const spread = (fork: CostedNetwork) => fork.concat(branch([384, [1, 3]]), branch([384, [3, 1]]));

  branch([32, 3], [32, 3], [64, 3], [80, 1], [192, 3])(network);
  for (const pooled of [32, 64, 64]) {
    network.concat(
      branch([64, 1]),
      branch([48, 1], [64, 5]),
      branch([64, 1], [96, 3], [96, 3]),
      branch([pooled, 1]),
    );
  }
  network.concat(branch([384, 3, 2]), branch([64, 1], [96, 3], [96, 3, 2]), halve);
  for (const inner of [128, 160, 160, 192]) {
    network.concat(
      branch([192, 1]),
      branch([inner, 1], [inner, [1, 7]], [192, [7, 1]]),
      branch([inner, 1], [inner, [7, 1]], [inner, [1, 7]], [inner, [7, 1]], [192, [1, 7]]),
      branch([192, 1]),
    );
  }
  network.concat(
    branch([192, 1], [320, 3, 2]),
    branch([192, 1], [192, [1, 7]], [192, [7, 1]], [192, 3, 2]),
    halve,
  );
  for (let i = 0; i < 2; i++) {
    network.concat(
      branch([320, 1]),
      (fork) => spread(branch([384, 1])(fork)),
      (fork) => spread(branch([448, 1], [384, 3])(fork)),
      branch([192, 1]),
    );
  }
  network.globalPool().dense(classes);
}
