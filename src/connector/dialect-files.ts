/** Tells files of dialects from those of connectors, by what is in them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { dataFile } from './load.ts';
import { parseSource } from './source.ts';

/** The files of dialects that a path names: itself, or those of a folder of dialects. None for a path of connectors. */
export async function dialectFiles(where: string): Promise<readonly string[]> {
  const stats = await stat(where).catch(() => null);
  if (stats === null) return [];
  if (!stats.isDirectory()) return (await kindOf(where)) === 'dialect' ? [where] : [];
  const names = (await readdir(where).catch(() => [])).filter((name) => dataFile.test(name)).sort();
  const files = await Promise.all(
    names.map((name) => path.join(where, name)).map(async (file) => ({ file, kind: await kindOf(file) })),
  );
  // Beside dialects, what cannot be read at all was meant for one.
  const isOfDialects = files.some(({ kind }) => kind === 'dialect');
  return isOfDialects ? files.filter(({ kind }) => kind !== 'other').map(({ file }) => file) : [];
}

const dialectWords = ['builder', 'literals', 'operators'];
const connectorWords = ['key', 'auth', 'http', 'objects'];

async function kindOf(file: string): Promise<'dialect' | 'other' | 'unreadable'> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const value = text === null ? undefined : parseSource(file, text).value;
  if (value === undefined) return 'unreadable';
  if (value === null || typeof value !== 'object') return 'other';
  const holds = (word: string): boolean => Object.hasOwn(value, word);
  return dialectWords.some(holds) && !connectorWords.some(holds) ? 'dialect' : 'other';
}
