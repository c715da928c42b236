/**
 * Reads all records of an object and holds them against the ledger. Each record that is met is marked with the
 * generation of this enumeration; what the ledger holds and was not met is gone, if the enumeration is proved complete.
 */
import type { FullListing } from '../connector/connector.ts';
import { renderRequest } from '../connector/render-request.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Page } from '../http/client.ts';
import { pages } from '../http/page/pages.ts';
import type { LedgerEntry } from '../store/port.ts';
import { readPath } from '../template/path.ts';
import { unversioned } from './classify.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from './feed.ts';
import { fetchRecords, nativeOf } from './fetch-records.ts';
import { MetRecords } from './met-records.ts';
import { parentPages } from './parents.ts';
import { note, type PollReport } from './poll-report.ts';
import { deletedReading, type Reading, readId } from './reading.ts';
import { readRows } from './rows.ts';
import type { Batch } from './strategy/strategy.ts';
import { recordVersion } from './version.ts';

export interface Enumeration {
  readonly breaker: { readonly share: number; readonly atLeast: number };
  /** The ledger is empty: what is met is where the instance starts from. */
  readonly isFirst: boolean;
  /** Each missing record is read by its id before it is told as deleted. */
  readonly confirm?: boolean;
  /** Only met and missed: what changed in them is another feed's affair. */
  readonly onlyIds?: boolean;
  /** What the enumeration before met, where two that are equal are the proof. */
  readonly before?: Listed['met'] | null;
}

/** Where a connector does not say more. */
export const defaultBreaker = { share: 0.1, atLeast: 20 } as const;

/** What the walk of all pages showed. */
export interface Listed {
  readonly lastPage: Page | null;
  /** On our clock, the number of this enumeration too. */
  readonly generation: number;
  /** Stands for the records that were met, as they were. */
  readonly met: string;
  /** Whether the pages show that no record slipped over the edge of one. */
  readonly isWhole: boolean;
  /** Whether a record is missing of which another enumeration must say whether it is gone. */
  readonly isOpen: boolean;
}

/** Records may be indexed and committed late: one that changed within this before the walk began may not be in it yet. */
export const graceMs = 300_000;

const batchSize = 500;

/**
 * @throws Failure `deletes-held` when more is gone than the breaker lets pass, and of the vendor, in which case nothing
 * is told as deleted.
 */
export async function* enumerate(
  source: FeedSource,
  listing: FullListing,
  ports: PollPorts,
  report: PollReport,
  enumeration: Enumeration,
): AsyncGenerator<Batch, Listed> {
  let beganMs: number | null = null;
  const { onlyIds = false, isFirst } = enumeration;
  const generation = ports.now();
  const met = new MetRecords();
  const counted = { first: null as number | null, last: null as number | null };
  let lastPage: Page | null = null;
  for await (const { page, parent } of listingPages(source, listing, ports)) {
    report.pages += 1;
    report.records += page.records.length;
    // Asked for after the first answer, which tells the vendor's clock where nothing else has.
    beganMs ??= vendorNow(ports);
    const readings = onlyIds
      ? page.records.map((row) => metReading(row, source))
      : await readRows(page.records, { ...source, ...parent }, ports, report, { fallbackMs: beganMs });
    const total = listing.total === null ? null : Number(readPath(page.answer.body, listing.total));
    counted.first ??= total;
    counted.last = total;
    const living = readings.filter(({ deleted }) => !deleted);
    for (const { recordId, version, native } of living) {
      met.add(recordId, onlyIds ? recordVersion(native, source.object.version) : version);
    }
    const seen = { generation, recordIds: living.map(({ recordId }) => recordId) };
    lastPage = page;
    yield { readings, ...groundsOf(enumeration, vendorStart(source, ports)), seen };
  }
  const listed = { ...counted, count: met.count };
  const isWhole = proofOf(source, listing, listed, false) === 'once';
  // What the ledger knows already is of a first walk that broke off, or was told by webhook: it may be gone by now.
  let isOpen = isFirst && (await ports.state.countUnseen(generation)).unseen > 0;
  if (!isFirst && beganMs !== null) {
    // The ledger does not say whose a record is: what one parent no longer lists may be another's.
    const proof = source.parent === undefined ? proofOf(source, listing, listed, enumeration.confirm ?? false) : 'none';
    isOpen = proof === 'none';
    if (isOpen) note(report, 'enumeration-unproved');
    else {
      const isProved = proof === 'once' || enumeration.before === met.digest;
      isOpen = yield* missing(source, ports, { ...enumeration, generation, beganMs, isProved });
    }
  }
  return { lastPage, generation, met: met.digest, isWhole, isOpen };
}

/** What batches say of what the ledger knows, and of what is only remembered. */
function groundsOf(
  { onlyIds, isFirst }: Enumeration,
  startMs: number,
): Pick<Batch, 'knownSince' | 'isComplete' | 'rememberBeforeMs'> {
  const known = { knownSince: startMs, isComplete: !isFirst };
  if (onlyIds === true) return { ...known, rememberBeforeMs: Number.POSITIVE_INFINITY };
  return isFirst ? { ...known, rememberBeforeMs: startMs } : known;
}

/** All pages of a listing, of all parents where the feed fans out and is not asked for one. */
async function* listingPages(
  source: FeedSource,
  listing: FullListing,
  ports: PollPorts,
): AsyncGenerator<{ readonly page: Page; readonly parent: { readonly parent?: string } }> {
  const paging = { page: listing.page, recordsPath: listing.records };
  for await (const parent of parentsOf(source, ports)) {
    const request = renderRequest(listing.request, { settings: source.settings, ...parent });
    for await (const page of pages(ports.client, request, paging, ports.signal)) yield { page, parent };
  }
}

async function* parentsOf(source: FeedSource, ports: PollPorts): AsyncGenerator<{ readonly parent?: string }> {
  const { parent, detection } = source;
  if (detection.parents === null || parent !== undefined) yield parent === undefined ? {} : { parent };
  else for await (const ids of parentPages(source, ports)) yield* ids.map((id) => ({ parent: id }));
}

/** A record that was only met: what is in it is another feed's affair. */
function metReading(row: unknown, { object }: FeedSource): Reading {
  const recordId = readId(row, object.id, object.name);
  return {
    recordId,
    version: unversioned,
    changedAtMs: 0,
    spreadMs: 0,
    createdAtMs: null,
    deleted: false,
    native: row,
  };
}

/**
 * Whether the pages were all records. Page cursors and links stand for a place in the list; a position does not: a record
 * that is deleted or moved while pages are counted lets one behind it slip over a page's edge. There the vendor's own
 * count proves it, or a look at each missing record, or two enumerations in a row that met the same records as they were:
 * for one to slip, another that was met must have gone or moved, and were it back for the next, it would have changed.
 */
function proofOf(
  { detection }: FeedSource,
  { page }: FullListing,
  { count, first, last }: { readonly count: number; readonly first: number | null; readonly last: number | null },
  confirm: boolean,
): 'once' | 'twice' | 'none' {
  // Of several parents, each counts its own.
  if (first !== null && last !== null && detection.parents === null) {
    return first === last && count === first ? 'once' : 'none';
  }
  const isPositional = page.kind === 'offset' || page.kind === 'page-number';
  return isPositional && !confirm ? 'twice' : 'once';
}

interface Missing extends Enumeration {
  readonly generation: number;
  readonly beganMs: number;
  /** Whether what it missed is gone. */
  readonly isProved: boolean;
}

/** Tells what is gone. Answers whether there is more that is missing, and not yet believed to be. */
async function* missing(source: FeedSource, ports: PollPorts, search: Missing): AsyncGenerator<Batch, boolean> {
  const { generation, beganMs, confirm = false } = search;
  const { live, unseen } = await ports.state.countUnseen(generation);
  if (unseen === 0) return false;
  requireBreaker({ live, unseen }, source, search);
  if (!search.isProved) return true;
  let isOpen = false;
  for await (const entries of unseenEntries(ports, generation)) {
    const believed = entries.filter((entry) => isMissing(entry, search)).map(({ recordId }) => recordId);
    isOpen ||= believed.length < entries.length;
    const looked = confirm ? await fetchRecords(believed, source, ports) : null;
    const gone = believed
      .filter((recordId) => looked === null || nativeOf(looked.get(recordId)) === null)
      .map((recordId) => deletedReading(recordId, beganMs));
    if (gone.length > 0) yield { readings: gone, knownSince: beganMs };
  }
  return isOpen;
}

async function* unseenEntries({ state }: PollPorts, generation: number): AsyncGenerator<readonly LedgerEntry[]> {
  let after: string | null = null;
  for (;;) {
    const entries: readonly LedgerEntry[] = await state.unseen({ generation, after, limit: batchSize });
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    after = last.recordId;
  }
}

/**
 * What changed just before the walk began, or while it went on, may be too new to be in it. Where each is read by its
 * id, the vendor's own answer for it counts.
 */
function isMissing({ changedAt }: LedgerEntry, { beganMs, confirm }: Missing): boolean {
  return confirm === true || changedAt < beganMs - graceMs;
}

/** @throws Failure `deletes-held` */
function requireBreaker(
  { live, unseen }: { readonly live: number; readonly unseen: number },
  { object, allowDeletes }: FeedSource,
  { breaker }: Enumeration,
): void {
  const most = Math.max(breaker.atLeast, Math.floor(breaker.share * live), allowDeletes ?? 0);
  if (unseen <= most) return;
  throw new Failure(
    'deletes-held',
    `${unseen} of ${live} records of ${object.name} are missing from the list at once.`,
    {
      retryable: true,
      help: `If they are really gone, set allowDeletes of the object to ${unseen}; if not, check what the credentials may see.`,
      detail: { object: object.name, live, missing: unseen, allowed: most },
    },
  );
}
