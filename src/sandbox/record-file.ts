import { type FSWatcher, watch } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Low } from 'lowdb';
import { DataFile } from 'lowdb/node';
import type { SandboxLogger } from './logger.ts';
import { compareImages, problemOfImage } from './record-image.ts';
import type { RecordEdit, RecordImage } from './records.ts';

export interface RecordFileOptions {
  readonly path: string;
  readonly objects: readonly string[];
  readonly logger: SandboxLogger;
  /** The state to write. */
  image(): RecordImage;
  /** Takes in what a person changed. */
  adopt(edits: readonly RecordEdit[]): void;
}

/**
 * The records on disk, kept in step with the book in both directions. The file belongs to both: what a person changed since the
 * last common state is taken in as edits before anything is written over it, and a file that cannot be read is never written
 * over, so that half-finished work is safe.
 */
export interface RecordFile {
  /** The records found when the file was opened; undefined when there was no file. */
  readonly found: RecordImage | undefined;
  /** What keeps the file from being read, or null. */
  problem(): string | null;
  /** Takes in what changed on disk. */
  refresh(): Promise<void>;
  /** Writes the book to disk soon; many calls make one write. */
  save(): void;
  /** Writes what is left and stops watching. */
  close(): Promise<void>;
}

const empty: RecordImage = { records: {}, deleted: {} };

/** Opens the file and watches it; a missing file is made with the first save. */
export async function openRecordFile(options: RecordFileOptions): Promise<RecordFile> {
  const { path, logger } = options;
  let text = '';
  /** The last state that file and book had in common. */
  let base = empty;
  let signature = '';
  let problem: string | null = null;
  let dirty = false;
  let queue: Promise<void> = Promise.resolve();

  const parse = (found: string): RecordImage => {
    if (found === text) return base;
    const value: unknown = JSON.parse(found);
    const wrong = problemOfImage(value, options.objects);
    if (wrong !== undefined) throw new SyntaxError(wrong);
    text = found;
    return { ...empty, ...(value as RecordImage) };
  };
  const stringify = (image: RecordImage): string => {
    text = `${JSON.stringify(image, null, 2)}\n`;
    return text;
  };
  const store = new Low<RecordImage>(new DataFile(path, { parse, stringify }), empty);

  const read = async (): Promise<void> => {
    const now = await signatureOf(path);
    if (now === signature) return;
    signature = now;
    // A file that was taken away is no wish to delete every record: it is written again with the next change.
    if (now === 'missing') return;
    try {
      await store.read();
      if (problem !== null) logger.info({ path }, 'the record file can be read again');
      problem = null;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      logger.warn({ path, problem }, 'the record file cannot be read; the last good state stays');
    }
  };
  const absorb = async (): Promise<void> => {
    await read();
    if (problem !== null || store.data === base) return;
    const edits = compareImages(base, store.data);
    base = store.data;
    options.adopt(edits);
  };
  const write = async (): Promise<void> => {
    await absorb();
    if (!dirty || problem !== null) return;
    dirty = false;
    base = options.image();
    store.data = base;
    await store.write();
    // The next look reads the file once more, so that an edit between the write and the look cannot hide behind it.
    signature = '';
  };
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work);
    queue = done.catch((error: unknown) =>
      logger.warn({ path, error: String(error) }, 'the record file cannot be kept'),
    );
    return done;
  };
  const save = (): void => {
    if (dirty) return;
    dirty = true;
    setImmediate(() => void enqueue(write).catch(() => undefined));
  };
  const refresh = (): Promise<void> => enqueue(dirty ? write : absorb);

  await mkdir(dirname(path), { recursive: true });
  await read();
  const found = signature === 'missing' || problem !== null ? undefined : store.data;
  base = store.data;
  const watcher = watchFile(path, () => void refresh().catch(() => undefined), logger);

  return {
    found,
    problem: () => problem,
    refresh,
    save,
    close: async () => {
      watcher?.close();
      await enqueue(write);
    },
  };
}

/** What tells one state of a file from another without reading it. */
async function signatureOf(path: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    throw error;
  }
}

/** Watches the folder, because editors replace a file more often than they write into it. */
function watchFile(path: string, changed: () => void, logger: SandboxLogger): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === basename(path)) changed();
    });
    watcher.on('error', (error) => logger.warn({ path, error: error.message }, 'the record file is no longer watched'));
    return watcher;
  } catch (error) {
    // Each request looks at the file too, so a system without free watches only learns of an edit later.
    logger.warn({ path, error: String(error) }, 'the record file cannot be watched');
    return undefined;
  }
}
