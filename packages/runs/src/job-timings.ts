import { type JobTimings, jobKindNames, type PastJob, type SpeedProbe, speedProbe } from '@toogit/catalogue';
import { type Database, json } from './database.js';
import type { WorkerIdentity } from './work.js';

/** Jobs of each kind that an estimate looks at. */
const mostOfKind = 200;
/** Finished jobs of each kind among which those of the device are looked for: what it costs is bounded. */
const mostLookedAt = 400;
/** A worker that was silent for longer is not there. */
const presentSeconds = 30;

export async function recordProbe(
  db: Database,
  { name, instance }: WorkerIdentity,
  probe: SpeedProbe,
): Promise<void> {
  await db.promptly(
    (prisma) => prisma.$executeRaw`
      UPDATE workers SET probe = ${json(probe)}::jsonb WHERE name = ${name} AND instance = ${instance}::uuid`,
  );
}

/** Of all projects: how long a job takes is no secret of its experiment's, and nothing else of it is shown. */
export async function readJobTimings(db: Database): Promise<JobTimings> {
  return db.run(async (prisma) => {
    const present = await prisma.$queryRaw<{ device: string; probe: unknown }[]>`
      SELECT device, probe FROM workers
      WHERE heartbeat_at > now() - interval '1 second' * ${presentSeconds}::int AND 'tensor' = ANY (resources)`;
    const past = await prisma.$queryRaw<(PastJob & { device: string | null })[]>`
      SELECT recent.* FROM unnest(${jobKindNames}::text[]) AS kinds(name) CROSS JOIN LATERAL (
        SELECT job.kind, job.estimated_work AS work, attempt.provenance->>'device' AS device,
          extract(epoch FROM attempt.ended_at - attempt.started_at)::float8 AS seconds
        FROM jobs job JOIN attempts attempt ON attempt.job_key = job.key AND attempt.number = 1
        WHERE job.kind = kinds.name AND job.state = 'succeeded' AND job.attempt = 1 AND job.estimated_work > 0
        ORDER BY job.finished_at DESC LIMIT ${mostLookedAt}::int
      ) recent`;
    const device = fastest(present) ?? past.find((job) => job.device !== null)?.device ?? null;
    return { device, probe: medianProbe(present, device), past: ofDevice(past, device) };
  });
}

const byFastness = ['js', 'cpu', 'cuda'];

function fastest(workers: { device: string }[]): string | null {
  const devices = workers.map(({ device }) => device);
  return devices.sort((a, b) => byFastness.indexOf(b) - byFastness.indexOf(a))[0] ?? null;
}

function medianProbe(
  workers: { device: string; probe: unknown }[],
  device: string | null,
): SpeedProbe | null {
  const probes = workers
    .filter((worker) => worker.device === device)
    .flatMap(({ probe }) => speedProbe.safeParse(probe).data ?? [])
    .sort((a, b) => a.trainStepSeconds - b.trainStepSeconds);
  return probes[Math.floor(probes.length / 2)] ?? null;
}

function ofDevice(past: (PastJob & { device: string | null })[], device: string | null): PastJob[] {
  const counts = new Map<string, number>();
  return past.flatMap(({ device: used, ...job }) => {
    const count = counts.get(job.kind) ?? 0;
    if ((used !== null && used !== device) || count === mostOfKind) return [];
    counts.set(job.kind, count + 1);
    return [job];
  });
}
