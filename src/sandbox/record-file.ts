import { existsSync, type FSWatcher, readFileSync, renameSync, statSync, watch } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Low } from 'lowdb';
import { Failure } from '../diagnostic/failure.ts';
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

/** Opens the file and watches it; a missing file is made with the first save. Throws a Failure `store-corrupt` for one that cannot be read. */
export async function openRecordFile(options: RecordFileOptions): Promise<RecordFile> {
  const { path, logger } = options;
  /** The last state that file and book had in common, and its text. */
  let base = empty;
  let text = '';
  let signature = '';
  let problem: string | null = null;
  /** Counts the changes of the book, and says up to which of them the file is written. */
  let changes = 0;
  let written = 0;
  let isScheduled = false;
  let queue: Promise<void> = Promise.resolve();

  const parse = (found: string): RecordImage => {
    if (found === text) return base;
    const value: unknown = JSON.parse(found);
    const wrong = problemOfImage(value, options.objects);
    if (wrong !== undefined) throw new SyntaxError(wrong);
    text = found;
    return { ...empty, ...(value as RecordImage) };
  };
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  const store = new Low<RecordImage>(
    {
      read: async () => parse(await readFile(path, 'utf8')),
      write: async (image) => {
        const upTo = changes;
        const next = `${JSON.stringify(image, null, 2)}\n`;
        await writeFile(temporary, next, 'utf8');
        // An edit that came since the last look must not be replaced unseen: it is taken in first, and the write made again.
        // The check and the replacement are synchronous, so that hardly any time lies between them.
        if (existsSync(path) && readFileSync(path, 'utf8') !== text) {
          signature = '';
          return;
        }
        renameSync(temporary, path);
        text = next;
        base = image;
        written = upTo;
        signature = '';
      },
    },
    empty,
  );

  /** What a person left in the file since the last look; undefined when it is as it was, gone, or cannot be read. */
  const look = async (): Promise<RecordImage | undefined> => {
    const now = signatureOf(path);
    if (now === signature && now !== '') return undefined;
    signature = now;
    // A file that was taken away is no wish to delete every record: it is written again with the next change.
    if (now === 'missing') return undefined;
    try {
      await store.read();
      if (problem !== null) logger.info({ path }, 'the record file can be read again');
      problem = null;
      return store.data;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== problem)
        logger.warn({ path, reason }, 'the record file cannot be read; the last good state stays');
      problem = reason;
      return undefined;
    }
  };
  const absorb = async (): Promise<void> => {
    const found = await look();
    if (found !== undefined && found !== base) {
      const edits = compareImages(base, found);
      base = found;
      options.adopt(edits);
    }
    if (written < changes) schedule();
  };
  const write = async (): Promise<void> => {
    isScheduled = false;
    await absorb();
    while (written < changes && problem === null) {
      store.data = options.image();
      await store.write();
      await absorb();
    }
  };
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const done = queue.then(work);
    queue = done.catch((error: unknown) =>
      logger.warn({ path, error: String(error) }, 'the record file cannot be kept'),
    );
    return done;
  };
  const schedule = (): void => {
    if (isScheduled || problem !== null) return;
    isScheduled = true;
    setImmediate(() => void enqueue(write).catch(() => undefined));
  };

  await mkdir(dirname(path), { recursive: true });
  const found = await look();
  if (problem !== null) {
    throw new Failure('store-corrupt', `The records in ${path} cannot be read: ${problem}`, {
      retryable: false,
      help: 'Repair the file, or move it away to start with invented records.',
    });
  }
  base = found ?? empty;
  const refresh = (): Promise<void> => enqueue(absorb);
  const watcher = watchFile(path, () => void refresh().catch(() => undefined), logger);

  return {
    found,
    problem: () => problem,
    refresh,
    save: () => {
      changes += 1;
      schedule();
    },
    close: async () => {
      watcher?.close();
      await enqueue(write);
    },
  };
}

/** File systems stamp with ticks of some milliseconds; a file this young may change again without a new stamp. */
const unsettledMs = 100;

/** What tells one state of a file from another without reading it; empty while the file is too young to tell. */
function signatureOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return 'missing';
  const isYoung = Math.abs(Date.now() - Number(found.mtimeMs)) < unsettledMs;
  return isYoung ? '' : `${found.mtimeNs} ${found.size} ${found.ino}`;
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
