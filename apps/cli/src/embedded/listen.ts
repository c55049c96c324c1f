import { portIsFree } from '@toogit/runs/embedded';

/** The first free port from `first` on, among 20. */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 20; port++) if (await portIsFree(port)) return port;
  return 0;
}
