/** Records by their ids, as they are now: many in one request where the connector says how. */
import type { ReadMany, ReadOne } from '../connector/connector.ts';
import { mayRead, renderRead, renderReadMany } from '../connector/render-read.ts';
import { Failure } from '../diagnostic/failure.ts';
import { readRecords } from '../http/page/read-records.ts';
import { ExpressionError } from '../mapping/expression.ts';
import { readPath } from '../template/path.ts';
import type { FeedSource, PollPorts } from './feed.ts';

export type Fetched =
  | { readonly kind: 'found'; readonly native: unknown }
  | { readonly kind: 'gone' }
  /** It cannot be read, and that is its own affair: to ask for it again as it is would end the same. */
  | { readonly kind: 'failed'; readonly failure: Failure };

type Source = Pick<FeedSource, 'object' | 'settings' | 'parent'>;
type Ports = Pick<PollPorts, 'signal'> & { readonly client: Pick<PollPorts['client'], 'send'> };
type FetchedPairs = readonly (readonly [id: string, fetched: Fetched])[];

const gone: Fetched = { kind: 'gone' };

/**
 * Reads each id once. One that the vendor refuses, or that may not be sent, keeps none of the others from being read.
 * @throws Failure of the vendor that is none of a record's: then nothing is known of any.
 */
export async function fetchRecords(
  ids: readonly string[],
  source: Source,
  ports: Ports,
): Promise<ReadonlyMap<string, Fetched>> {
  const { read, name } = source.object;
  if (read === null) throw new Error(`${name} has no read`);
  const line = new ReadLine(read, source, ports);
  const fetched = new Map<string, Fetched>();
  const sendable: string[] = [];
  for (const id of new Set(ids)) {
    if (mayRead(read, id)) sendable.push(id);
    else fetched.set(id, { kind: 'failed', failure: idRefused(name) });
  }
  const most = read.many?.most ?? 1;
  for (let from = 0; from < sendable.length; from += most) {
    for (const [id, one] of await line.fetch(sendable.slice(from, from + most))) fetched.set(id, one);
  }
  return fetched;
}

/**
 * The record; null when it is gone.
 * @throws Failure of the record.
 */
export function nativeOf(fetched: Fetched | undefined): unknown {
  if (fetched === undefined) throw new Error('a record that was not asked for');
  if (fetched.kind === 'failed') throw fetched.failure;
  return fetched.kind === 'found' ? fetched.native : null;
}

class ReadLine {
  constructor(
    private readonly read: ReadOne,
    private readonly source: Source,
    private readonly ports: Ports,
  ) {}

  /** @param ids no more than one request takes. */
  async fetch(ids: readonly string[]): Promise<FetchedPairs> {
    const { many } = this.read;
    if (many === null || ids.length < 2) return this.oneByOne(ids);
    try {
      return await this.together(many, ids);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'not-found') return this.oneByOne(ids);
      if (!isOfWhatWasAsked(error)) throw error;
      // Some id spoils it for the others; half of them are free of it.
      const middle = Math.ceil(ids.length / 2);
      const first = await this.fetch(ids.slice(0, middle));
      return [...first, ...(await this.fetch(ids.slice(middle)))];
    }
  }

  private async together(many: ReadMany, ids: readonly string[]): Promise<FetchedPairs> {
    const request = renderReadMany(many, ids, this.source);
    const answer = await this.ports.client.send(request, this.ports.signal);
    const { found, isClear } = rowsOf(many, readRecords(answer, many.records), ids);
    const told = await toldGone(many, answer.body);
    const known: FetchedPairs = ids.flatMap((id) => {
      if (found.has(id)) return [[id, { kind: 'found', native: found.get(id) }] as const];
      return told.has(id) || (many.isMissingGone && isClear) ? [[id, gone] as const] : [];
    });
    const isKnown = new Set(known.map(([id]) => id));
    return [...known, ...(await this.oneByOne(ids.filter((id) => !isKnown.has(id))))];
  }

  private async oneByOne(ids: readonly string[]): Promise<FetchedPairs> {
    const pairs: (readonly [string, Fetched])[] = [];
    for (const id of ids) pairs.push([id, await this.one(id)]);
    return pairs;
  }

  private async one(id: string): Promise<Fetched> {
    const { read, source, ports } = this;
    const request = renderRead(read, id, source);
    if (request === null) return { kind: 'failed', failure: idRefused(source.object.name) };
    try {
      const { body } = await ports.client.send(request, ports.signal);
      const answer = readPath(body, read.record);
      const native = (Array.isArray(answer) ? answer[0] : answer) ?? null;
      return native === null ? gone : { kind: 'found', native };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'not-found') return gone;
      if (isOfWhatWasAsked(error) || error.code === 'scope-missing') return { kind: 'failed', failure: error };
      throw error;
    }
  }
}

/** The vendor is well and so are the credentials; it does not like this request, or cannot answer it. */
function isOfWhatWasAsked({ code, retryable }: Failure): boolean {
  return !retryable && (code === 'request-refused' || code === 'vendor-answer-unreadable');
}

interface Rows {
  readonly found: ReadonlyMap<string, unknown>;
  /** Every row is of an id as it was asked for: else one that seems to be left out may go by another spelling. */
  readonly isClear: boolean;
}

function rowsOf(many: ReadMany, rows: readonly unknown[], ids: readonly string[]): Rows {
  const asked = new Set(ids);
  const found = new Map<string, unknown>();
  let isClear = true;
  for (const row of rows) {
    if (row === null) continue;
    const id = String(readPath(row, many.id));
    if (asked.has(id)) found.set(id, row);
    else isClear = false;
  }
  return { found, isClear };
}

/** Where the answer is of another shape than the expression expects, it tells nothing. */
async function toldGone({ gone: expression }: ReadMany, body: unknown): Promise<ReadonlySet<string>> {
  try {
    const told = await expression?.evaluate(body, {});
    return new Set((Array.isArray(told) ? told : [told]).map(String));
  } catch (error) {
    if (error instanceof ExpressionError) return new Set();
    throw error;
  }
}

/** The id itself is not shown: it is hostile, or of a shape that the connector did not foresee. */
function idRefused(object: string): Failure {
  return new Failure('record-id-refused', `A record of ${object} has an id that must not go into a request.`, {
    retryable: false,
    help: 'If such ids are right, widen "idPattern" of the object’s read in the connector.',
    detail: { object },
  });
}
