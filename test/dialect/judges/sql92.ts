/**
 * The condition where SQLite itself evaluates it. SQLite has no TIMESTAMP and DATE before a literal: times are text,
 * so the dialect writes them without. Its LIKE ends at NUL, which most databases refuse to store: no record has one.
 */
import Database from 'better-sqlite3';
import type { Dialect } from '../../../src/definition/dialect.ts';
import { kinds, type Reader, type Row } from '../readers/reader.ts';
import type { Judge } from './judge.ts';

const database = new Database(':memory:');
const columns = Object.keys(kinds);
database.exec(
  `CREATE TABLE record (${columns.map((name) => `${name} ${kinds[name] === 'text' ? 'TEXT COLLATE NOCASE' : ''}`).join(', ')})`,
);
const insert = database.prepare(`INSERT INTO record VALUES (${columns.map(() => '?').join(', ')})`);

function stored(row: Row, name: string): string | number | null {
  const value = row[name] ?? null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return kinds[name] === 'time' && value !== null ? timeText(Number(value)) : value;
}

/** Epoch milliseconds with a fraction, as text that sorts by time. */
function timeText(epochMs: number): string {
  const wholeMs = Math.floor(epochMs);
  const rest = Math.round((epochMs - wholeMs) * 1000);
  const shown = new Date(wholeMs).toISOString().slice(0, -1).replace('T', ' ');
  return rest === 0 ? shown : `${shown}${String(rest).padStart(3, '0')}`;
}

const known = new Map<string, Database.Statement>();

const reader: Reader = (native, row) => {
  if (native.kind !== 'text') throw new Error('no text');
  const statement = known.get(native.text) ?? database.prepare(`SELECT 1 FROM record WHERE ${native.text}`);
  if (known.size > 100) known.clear();
  known.set(native.text, statement);
  database.exec('DELETE FROM record');
  insert.run(columns.map((name) => stored(row, name)));
  return statement.get() !== undefined;
};

function spell(dialect: Dialect): Dialect {
  const { timestamp, date, ...literals } = dialect.literals;
  if (timestamp === undefined || date === undefined) throw new Error('no times');
  const plain = { wrap: '{text}' };
  return {
    ...dialect,
    literals: { ...literals, timestamp: { ...timestamp, ...plain }, date: { ...date, ...plain } },
  };
}

export const judge: Judge = { by: 'SQLite', reader, spell, store: { isFiner: true, dropsNul: true } };
