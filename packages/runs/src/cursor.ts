import { ToogitError } from '@toogit/core';

/**
 * Where a list, sorted by time and then id, goes on: the sort keys of the last row that was seen. They are a position
 * whether or not that row is still there, so a cursor outlives it.
 */
export interface Position {
  /** To the millisecond, as the database keeps times. */
  at: Date;
  id: string;
}

export interface PageQuery {
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  /** null: this is the last page. */
  nextCursor: string | null;
}

/** Of rows that were read one more than `limit`, so that it shows whether another page follows. */
export function pageOf<R>(rows: R[], limit: number, positionOf: (row: R) => Position): Page<R> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encoded(positionOf(last)) : null };
}

/** The same of a list in the order of a plan, where a row's place never changes; `list` names the list. */
export function pageInOrder<R>(
  rows: R[],
  limit: number,
  list: string,
  placeOf: (row: R) => number[],
): Page<R> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodedPlace(list, placeOf(last)) : null };
}

/** The place of the last row that was seen; without a cursor, the one before the first. @throws CURSOR_INVALID */
export function placeIn(list: string, cursor: string | undefined): [number, number] {
  if (cursor === undefined) return [-1, -1];
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(list.length).split(' ').slice(1).map(Number);
  if (encodedPlace(list, place) !== cursor || !place.every((n) => n <= largestPlace)) throw notOfThisList();
  const [first = -1, second = -1] = place;
  return [first, second];
}

/** @param idForm what the ids of this list look like @throws CURSOR_INVALID */
export function positionOf(cursor: string, idForm: RegExp): Position {
  const [, time = '', id = ''] = /^(\d{1,15}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const position = { at: new Date(Number(time)), id };
  if (!idForm.test(id) || encoded(position) !== cursor) {
    throw notOfThisList();
  }
  return position;
}

function encoded({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString('base64url');
}

const largestPlace = 2 ** 31 - 1;

function encodedPlace(list: string, place: number[]): string {
  return Buffer.from([list, ...place].join(' ')).toString('base64url');
}

const notOfThisList = () => new ToogitError('CURSOR_INVALID', 'The cursor is not one that this list gave.');
