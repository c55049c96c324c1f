import type { SpeedProbe } from '@toogit/catalogue';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { probeWhenIdle } from './probe-when-idle.js';

const found = { trainStepSeconds: 0.1, attackStepSeconds: 0.2 };
const log = pino({ level: 'silent' });

/** A compute process that answers as the test has it, at the times of a clock that the test moves. */
async function after(seconds: number, answers: (SpeedProbe | null | 'busy')[]) {
  vi.useFakeTimers();
  let asked = 0;
  const recorded: SpeedProbe[] = [];
  const compute = {
    get busy() {
      if (answers[asked] === 'busy') {
        asked++;
        return true;
      }
      return false;
    },
    probe: async () => answers[asked++] as SpeedProbe | null,
  };
  const probing = probeWhenIdle(compute, async (probe) => void recorded.push(probe), log);
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  probing.stop();
  vi.useRealTimers();
  return { asked, recorded };
}

it('probes once, when there is no job', async () => {
  expect(await after(60, ['busy', 'busy', found, found])).toEqual({ asked: 3, recorded: [found] });
});

it('tries again where a job came, and gives up in the end', async () => {
  expect(await after(60, [null, found])).toEqual({ asked: 2, recorded: [found] });
  expect(await after(60, [null, null, null, found])).toEqual({ asked: 3, recorded: [] });
});
