/** What webhooks told of one object's records, on its way to readings: heard, looked up at the vendor where need be, and read. */
import { Failure } from '../diagnostic/failure.ts';
import type { InboxChange, LedgerEntry } from '../store/port.ts';
import { isLate, isSurelyLatest, plausibleMs, provesDeletes, toldAtMs } from './believe.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from './feed.ts';
import { type Fetched, fetchRecords, nativeOf } from './fetch-records.ts';
import { reachOf } from './ledger-reach.ts';
import { note, type PollReport } from './poll-report.ts';
import { deletedReading, type Reading, readRecord } from './reading.ts';
import type { Batch } from './strategy/strategy.ts';
import { timeFrame } from './time-frame.ts';

/** A change whose record cannot be read now, by a fault of its own. */
export interface Waiting {
  readonly change: InboxChange;
  readonly failure: Failure;
}

/** A change, and the reading that it is taken for; null when the record must be looked up. */
export interface Heard {
  readonly change: InboxChange;
  readonly reading: Reading | 'unreadable' | null;
}

/** Some changes of one object, while they are worked on: all are heard, then what needs to be looked up is, then they are read. */
export class Telling {
  /** What the ledger knows, as the poll of the object sees it. */
  readonly grounds: Pick<Batch, 'knownSince' | 'rememberBeforeMs'>;
  needsPoll = false;
  readonly waiting: Waiting[] = [];
  private readonly isProved: boolean;
  /** Nothing says whose child a record is, and without that it cannot be read. */
  private readonly canRead: boolean;
  /** What is known of records, with what came by webhook before in this work. */
  private readonly known: Map<string, LedgerEntry>;
  private readonly wanted = new Set<string>();
  private fetched: ReadonlyMap<string, Fetched> = new Map();
  /** Records that were looked up and read. */
  private readonly isRead = new Set<string>();

  constructor(
    private readonly source: FeedSource,
    private readonly ports: PollPorts,
    private readonly report: PollReport,
    ledger: ReadonlyMap<string, LedgerEntry>,
  ) {
    this.grounds = groundsOf(source, ports);
    this.isProved = provesDeletes(source.connector);
    this.canRead = source.object.read !== null && source.detection.parents === null;
    this.known = new Map(ledger);
  }

  hear(change: InboxChange): Heard {
    const reading = this.atItsWord(change);
    if (reading === null) this.wanted.add(change.recordId);
    return { change, reading };
  }

  async lookUp(): Promise<void> {
    if (this.wanted.size > 0 && this.canRead)
      this.fetched = await fetchRecords([...this.wanted], this.source, this.ports);
  }

  /** null when there is nothing to tell of it. */
  read({ change, reading }: Heard): Reading | null {
    const read = reading ?? this.lookedUp(change);
    if (read === 'unreadable') this.needsPoll = true;
    return read === 'unreadable' ? null : read;
  }

  /** null when it may not be taken at its word, or says no more than that the record has changed. */
  private atItsWord(change: InboxChange): Reading | 'unreadable' | null {
    const { record, recordId } = change;
    if (change.change === 'deleted') {
      const isSure = this.isProved && !(this.canRead && isLate(change, this.ports.now()));
      return isSure ? deletedReading(recordId, toldAtMs(change), record) : null;
    }
    if (record === null) return null;
    return this.ofRecord(() => {
      const reading = withWord(recordOf(change, this.source), change);
      const known = this.known.get(recordId);
      if (!isSurelyLatest(reading, known, this.grounds.knownSince)) return null;
      const { version, changedAtMs: changedAt } = reading;
      if (known === undefined || known.changedAt < changedAt)
        this.known.set(recordId, { recordId, version, changedAt, deleted: false });
      return reading;
    });
  }

  private lookedUp(change: InboxChange): Reading | 'unreadable' | null {
    if (!this.canRead) return 'unreadable';
    const { recordId } = change;
    const fetched = this.fetched.get(recordId);
    if (fetched?.kind === 'failed' && fetched.failure.code !== 'record-id-refused') {
      this.waiting.push({ change, failure: fetched.failure });
      return null;
    }
    if (fetched?.kind === 'gone' && change.change === 'deleted') return this.confirmed(change);
    if (this.isRead.has(recordId)) return null;
    this.isRead.add(recordId);
    return this.ofRecord(() => {
      const native = nativeOf(fetched);
      if (native === null) note(this.report, 'not-found');
      return native === null ? null : withWord(readRecord(native, this.source.object), change);
    });
  }

  /**
   * A delete of a record that is gone. What nobody was told of may never have been there: then the vendor's own list of
   * deletes decides, where it has one; a comparison with what is known finds none.
   */
  private confirmed(change: InboxChange): Reading | 'unreadable' | null {
    const { recordId, record } = change;
    if (this.isProved) return deletedReading(recordId, toldAtMs(change), record);
    const entry = this.known.get(recordId);
    const { seesDeletes, deletes, changes } = this.source.object;
    if (entry === undefined && seesDeletes) return (deletes ?? changes).strategy === 'snapshot' ? null : 'unreadable';
    return deletedReading(recordId, plausibleMs(change, entry, vendorNow(this.ports)));
  }

  /** What is wrong with one record would be wrong the next time: a poll must see to it. */
  private ofRecord(read: () => Reading | null): Reading | 'unreadable' | null {
    try {
      return read();
    } catch (error) {
      const isOfRecord = error instanceof Failure && recordCodes.has(error.code);
      if (!isOfRecord) throw error;
      note(this.report, error.code);
      return 'unreadable';
    }
  }
}

const recordCodes: ReadonlySet<string> = new Set([
  'record-without-id',
  'record-id-unusable',
  'record-time-unreadable',
  'record-id-refused',
]);

function recordOf({ record, recordId }: InboxChange, { object }: FeedSource): Reading {
  const reading = readRecord(record, object);
  if (reading.recordId === recordId) return reading;
  throw new Failure('record-without-id', `A webhook of ${object.name} brought another record than it names.`, {
    retryable: false,
    help: 'Check objectId and record of the reader in the connector.',
  });
}

/** Where the record does not say when it was created, the vendor's word does. */
function withWord(reading: Reading, { change }: InboxChange): Reading {
  return reading.createdAtMs === null && change !== 'deleted' ? { ...reading, told: change } : reading;
}

function groundsOf(source: FeedSource, ports: PollPorts): Pick<Batch, 'knownSince' | 'rememberBeforeMs'> {
  const { detection } = source;
  const startMs = vendorStart(source, ports);
  const grounds =
    'cursor' in detection
      ? timeFrame(source, ports, detection.cursor).grounds
      : { knownSince: reachOf(ports.state.cursor, startMs).sinceMs };
  return { rememberBeforeMs: startMs, ...grounds };
}
