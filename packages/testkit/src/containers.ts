import { existsSync } from 'node:fs';
import type { GenericContainer } from 'testcontainers';
import type { TestService } from './test-database.js';

/**
 * Whether services are started as containers: TOOGIT_TEST_SERVICES is `containers` or `local`; unset, they are where
 * Docker answers.
 */
export function useContainers(): Promise<boolean> {
  decided ??= decide();
  return decided;
}

let decided: Promise<boolean> | undefined;

// Tests stop what they start, so testcontainers' own reaper, one more image to fetch, is left out.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';

async function decide(): Promise<boolean> {
  const wanted = process.env.TOOGIT_TEST_SERVICES ?? '';
  if (wanted === 'containers') return true;
  if (wanted === 'local') return false;
  // testcontainers takes a second to load and longer to find that there is no Docker.
  if (!process.env.DOCKER_HOST && !existsSync('/var/run/docker.sock')) return false;
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/**
 * Starts a container of a public image; `url` is where its port is reachable from here. Null where containers are not
 * used, or the image is not to be had.
 */
export async function startContainer(
  image: string,
  port: number,
  configure: (container: GenericContainer) => GenericContainer,
  options: { hostPort?: number | undefined } = {},
): Promise<TestService | null> {
  if (!(await useContainers())) return null;
  const { GenericContainer } = await import('testcontainers');
  const exposed = options.hostPort === undefined ? port : { container: port, host: options.hostPort };
  try {
    const container = await configure(new GenericContainer(image).withExposedPorts(exposed)).start();
    return {
      url: `http://${container.getHost()}:${container.getMappedPort(port)}`,
      stop: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    if (process.env.TOOGIT_TEST_SERVICES === 'containers') throw error;
    console.warn(`${image} does not start as a container (${error}); looking for a local program`);
    return null;
  }
}
