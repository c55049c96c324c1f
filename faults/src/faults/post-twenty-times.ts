import { specOfTwentyPosts } from '../experiment.js';
import { Refused } from '../submitter.js';
import type { Fault } from './fault.js';

/** Twenty clients post one spec at once with one Idempotency-Key, and twenty without a key. */
export const postTwentyTimes: Fault = {
  target: 'clients',
  strike: async ({ cluster: { submitter }, note }) => {
    const keys = Array.from({ length: 20 }, () => ['twenty-posts', null]).flat();
    const answers = await Promise.allSettled(keys.map((key) => submitter.post(specOfTwentyPosts, key)));
    for (const answer of answers) {
      const refused = answer.status === 'rejected' && answer.reason instanceof Refused ? answer.reason : null;
      // 503: the database is away just now.
      if (refused && refused.status !== 503) throw refused;
    }
    note(`${answers.filter(({ status }) => status === 'fulfilled').length} of ${keys.length} accepted`);
    await submitter.submit(specOfTwentyPosts, 'twenty-posts');
  },
};
