/** What a service process needs to know, read once from the environment and checked by zod. */
export interface ServiceConfig {
  databaseUrl: string;
  queue:
    | {
        driver: 'redis';
        url: string;
        /** Whether a Redis without an append-only file is accepted. */
        allowVolatile: boolean;
      }
    | { driver: 'postgres'; url: string };
  artifacts:
    | { driver: 'filesystem'; directory: string }
    | {
        driver: 's3';
        bucket: string;
        region: string;
        endpoint: string | null;
        /** null, both of them: AWS's own chain finds credentials. */
        accessKeyId: string | null;
        secretAccessKey: string | null;
        pathStyle: boolean;
        /** PEM file of a certificate authority to trust. */
        caFile: string | null;
      };
  api: { host: string; port: number };
  worker: { name: string; device: 'auto' | 'cuda' | 'cpu' | 'js'; threads: number | null };
  cacheDir: string;
  /** A copy of ImageNet on this machine. */
  restrictedImagenetDir: string | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
