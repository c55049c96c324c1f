import { startRedis } from '@toogit/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { checkRedisSafety } from '../src/redis-safety.js';

const server = await startRedis();
if (server) {
  const admin = new Redis(server.url);
  afterAll(async () => {
    await admin.quit();
    await server.stop();
  });
  const withSetting = async (name: string, value: string, check: () => Promise<void>) => {
    const [, before] = (await admin.config('GET', name)) as string[];
    await admin.config('SET', name, value);
    try {
      await check();
    } finally {
      await admin.config('SET', name, before ?? '');
    }
  };

  describe('the safety of Redis', () => {
    it('is there with noeviction and an append-only file', async () => {
      expect(await checkRedisSafety(server.url)).toBeNull();
    });

    it('is not there if keys are evicted, whatever else is allowed', async () => {
      await withSetting('maxmemory-policy', 'allkeys-lru', async () => {
        await expect(checkRedisSafety(server.url, { allowVolatile: true })).rejects.toMatchObject({
          code: 'QUEUE_UNSAFE',
          message: expect.stringContaining('set maxmemory-policy noeviction'),
        });
      });
    });

    it('is not there without an append-only file, unless that is allowed', async () => {
      await withSetting('appendonly', 'no', async () => {
        await expect(checkRedisSafety(server.url)).rejects.toMatchObject({
          code: 'QUEUE_UNSAFE',
          message: expect.stringContaining('set appendonly yes'),
        });
        expect(await checkRedisSafety(server.url, { allowVolatile: true })).toBeNull();
      });
    });

    it('is found without CONFIG, as where a provider forbids it', async () => {
      await admin.call('ACL', 'SETUSER', 'managed', 'on', '>secret', '~*', '&*', '+@all', '-config');
      const url = Object.assign(new URL(server.url), { username: 'managed', password: 'secret' }).href;
      expect(await checkRedisSafety(url)).toBeNull();
      await withSetting('maxmemory-policy', 'volatile-ttl', async () => {
        await expect(checkRedisSafety(url)).rejects.toMatchObject({ code: 'QUEUE_UNSAFE' });
      });
    });

    it('is left to its people when the server tells nothing, saying so', async () => {
      await admin.call('ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '&*', '+@all', '-config', '-info');
      const url = Object.assign(new URL(server.url), { username: 'blind', password: 'secret' }).href;
      expect(await checkRedisSafety(url)).toMatch(/maxmemory-policy noeviction and appendonly yes/);
    });

    it('is asked of a server that answers', async () => {
      await expect(checkRedisSafety('redis://127.0.0.1:1')).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
      });
    });
  });
} else {
  describe.skip('the safety of Redis', () => {
    it('needs a redis-server', () => {});
  });
}
