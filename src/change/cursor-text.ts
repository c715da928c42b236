import type { FeedCursor } from '../store/port.ts';

/** A cursor as people are shown it: a time where there is one, else an id; null before the first poll ended. */
export function cursorText(cursor: FeedCursor | null): string | null {
  if (cursor === null) return null;
  if (cursor.ms !== undefined) return new Date(cursor.ms).toISOString();
  return typeof cursor['id'] === 'string' ? `id ${cursor['id']}` : JSON.stringify(cursor);
}
