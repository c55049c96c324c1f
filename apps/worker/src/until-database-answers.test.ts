import { ToogitError } from '@toogit/core';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { untilDatabaseAnswers } from './until-database-answers.js';

const log = pino({ level: 'silent' });
const away = () => new ToogitError('DATABASE_UNAVAILABLE', 'away');

describe('untilDatabaseAnswers', () => {
  it('tries again until it gets an answer', async () => {
    let calls = 0;
    const action = async () => {
      calls++;
      if (calls < 2) throw away();
      return 'recorded';
    };
    expect(await untilDatabaseAnswers(action, new AbortController().signal, log)).toBe('recorded');
    expect(calls).toBe(2);
  });

  it('does not repeat what the database has refused', async () => {
    let calls = 0;
    const action = async () => {
      calls++;
      throw new ToogitError('JOB_FENCED', 'too late');
    };
    const answer = untilDatabaseAnswers(action, new AbortController().signal, log);
    await expect(answer).rejects.toMatchObject({ code: 'JOB_FENCED' });
    expect(calls).toBe(1);
  });

  it('gives up when the worker stops', async () => {
    const stopping = new AbortController();
    let calls = 0;
    const action = async () => {
      calls++;
      queueMicrotask(() => stopping.abort());
      throw away();
    };
    await expect(untilDatabaseAnswers(action, stopping.signal, log)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    expect(calls).toBeLessThanOrEqual(2);
  });
});
