import { Command, Option } from 'commander';
import { type ApiOptions, api } from './api.js';
import { type ArtifactsOptions, artifacts } from './artifacts.js';
import { memory } from './memory.js';
import { type GrowthOptions, growth } from './queue/growth.js';
import { plan } from './queue/plan.js';
import { type QueueBenchOptions, queue } from './queue/queue.js';
import { type RaceOptions, race } from './race.js';
import { type ScaleOptions, scale } from './scale/scale.js';
import { tasks } from './tasks.js';
import { type TenantsOptions, tenants } from './tenants.js';

const program = new Command('bench').description('the engine against PyTorch, and its memory');
for (const task of tasks) {
  program
    .command(task)
    .description(`a step of ${task}: the same network, weights, batch and threads as PyTorch, in turn`)
    .option('--json', 'a line of JSON at the end', false)
    .addOption(new Option('--threads <list>', 'thread counts, each raced apart').default('1,2'))
    .option('--rounds <n>', 'rounds, each contestant once a round', '9')
    .option('--steps <n>', 'steps a round', '3')
    .option('--width <w>', 'fraction of the published channel counts', '0.25')
    .option('--batch-size <n>')
    .action((options: RaceOptions) => race(task, options));
}
program
  .command('memory')
  .description('tensors and resident memory over 1,000 steps')
  .option('--json', 'a line of JSON at the end', false)
  .action(memory);
program
  .command('artifacts')
  .description(
    'PUT and GET of 64 MB tensors through the artifact store and through the bare S3 client, in turn',
  )
  .option('--json', 'a line of JSON at the end', false)
  .option('--rounds <n>', 'rounds, each contestant once a round', '9')
  .action((options: ArtifactsOptions) => artifacts(options));
program
  .command('api')
  .description(
    'POST of a small experiment and GET of a list over 10,000, of our API and of a bare service, in turn',
  )
  .option('--json', 'a line of JSON at the end', false)
  .option('--rounds <n>', 'rounds, each service once a round', '5')
  .option('--seconds <n>', 'of load a round', '5')
  .option('--connections <n>', 'requests at once', '10')
  .action((options: ApiOptions) => api(options));
program
  .command('queue')
  .description('no-op jobs through the whole path and through bare BullMQ, in turn')
  .option('--json', 'a line of JSON at the end', false)
  .option('--rounds <n>', 'rounds, each contestant once a round', '9')
  .option('--jobs <n>', 'jobs a round', '5000')
  .option('--batch <n>', 'jobs of one experiment', '500')
  .option('--concurrency <n>', 'jobs at once', '200')
  .option('--posts <n>', 'experiments whose time from POST to start is taken', '200')
  .action((options: QueueBenchOptions) => queue(options));
program
  .command('plan')
  .description('planning and storing some 100,000 jobs')
  .option('--json', 'a line of JSON at the end', false)
  .action(plan);
program
  .command('tenants')
  .description('lists of one tenant and /healthz while another plans, and submits, some 100,000 jobs')
  .option('--json', 'a line of JSON at the end', false)
  .option('--plans <n>', 'specs that the other tenant sends at once', '4')
  .option('--idle-seconds <n>', 'of measuring beside nothing', '10')
  .action((options: TenantsOptions) => tenants(options));
program
  .command('scale')
  .description('1 to 64 workers on jobs that sleep; one and two single-thread workers on attack blocks')
  .option('--json', 'a line of JSON at the end', false)
  .option('--workers <list>', 'numbers of workers on jobs that sleep', '1,2,4,8,16,32,64')
  .option('--jobs <n>', 'sleeping jobs of each worker', '6')
  .option('--sleep-ms <ms>', 'how long each sleeps; a block of an attack of lab takes 4 to 6 s', '5000')
  .option('--rounds <n>', 'rounds of attacks by one worker and by two', '3')
  .option('--blocks <n>', 'blocks of an attack', '24')
  .option('--block-size <n>', 'examples of a block', '128')
  .action((options: ScaleOptions) => scale(options));
program
  .command('growth')
  .description('what a claim and a job cost as more jobs wait')
  .option('--json', 'a line of JSON at the end', false)
  .option('--ready <list>', 'jobs that wait', '1000,10000,100000')
  .option('--experiments <list>', 'experiments that they are of', '1,64')
  .action((options: GrowthOptions) => growth(options));
await program.parseAsync();
