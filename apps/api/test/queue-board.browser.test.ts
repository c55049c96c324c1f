import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { createApi } from '../src/index.js';
import { caller } from './callers.js';
import { startTestService } from './service.js';

const executablePath = '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const reason = existsSync(executablePath) ? '' : ` (skipped: there is no ${executablePath})`;

it.skipIf(reason !== '')(
  `a browser shows the queues, from this service alone${reason}`,
  async () => {
    const service = await startTestService({ mode: 'keys' });
    const api = await createApi({
      ...service,
      access: { mode: 'keys' },
      logLevel: 'silent',
      queue: { driver: 'postgres', url: service.postgres.url },
    });
    const url = await api.listen({ host: '127.0.0.1', port: 0 });
    const { apiKey } = await caller(service, { scope: 'admin', projectId: null });
    const browser = await chromium.launch({ executablePath, headless: true, args: flags });
    try {
      const context = await browser.newContext({
        httpCredentials: { username: 'operator', password: apiKey },
      });
      const page = await context.newPage();
      const foreign: string[] = [];
      page.on('response', (answer) => {
        if (!answer.url().startsWith(url)) foreign.push(answer.url());
      });
      await page.goto(`${url}/admin/queues`);
      for (const queue of ['toogit-cpu', 'toogit-tensor']) {
        await page.getByText(queue).first().waitFor({ timeout: 30_000 });
      }
      expect(await page.getByText('Loading', { exact: true }).count()).toBe(0);
      expect(foreign).toEqual([]);
    } finally {
      await browser.close();
      await api.close();
      await service.stop();
    }
  },
  120_000,
);
