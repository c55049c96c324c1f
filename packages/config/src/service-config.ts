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
        /** What the names of all objects begin with: '' or ends with /. */
        prefix: string;
        region: string;
        endpoint: string | null;
        /** Where those who download reach it, if elsewhere. */
        publicEndpoint: string | null;
        /** null, both of them: AWS's own chain finds credentials. */
        accessKeyId: string | null;
        secretAccessKey: string | null;
        pathStyle: boolean;
        /** PEM file of a certificate authority to trust. */
        caFile: string | null;
      };
  api: {
    host: string;
    port: number;
    /** Origins whose pages may read answers. */
    corsOrigins: string[];
    /** Addresses or ranges of proxies whose X-Forwarded-For is believed. */
    trustedProxies: string[];
  };
  /** Receivers of webhooks that may be reached over http and at private addresses. */
  webhookTrustedHosts: string[];
  /** Where a worker serves /metrics; null: nowhere. */
  metricsPort: number | null;
  worker: {
    name: string;
    device: 'auto' | 'cuda' | 'cpu' | 'js';
    threads: number | null;
    /** What it reports as free for a job; null: what is left of its machine's, container's or GPU's. */
    memoryBytes: number | null;
    /** How long running jobs may take to finish or save a checkpoint when the worker gets SIGTERM. */
    graceMs: number;
  };
  /** How soon a loss is noticed. The same in every process of a service. */
  recovery: {
    /** Between two sweeps for jobs that pushing at once has missed. */
    sweepMs: number;
    /** An attempt whose worker was silent for longer is over. Heartbeats come every second. */
    leaseMs: number;
    /** A job still ready so long after a push is pushed again. */
    repushMs: number;
    /** An attempt that runs for longer ends, and its job fails. */
    maxJobMs: number;
    /** A delivery whose consumer was silent for so long goes to another one. */
    lockMs: number;
  };
  cacheDir: string;
  /** A copy of ImageNet on this machine. */
  restrictedImagenetDir: string | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
