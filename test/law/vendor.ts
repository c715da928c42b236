/** The world over HTTP: lists, filters, pages, tokens, a log, tombstones, records by id. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World, Write } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

interface Kept {
  readonly atMs: number;
  readonly sequence: number;
}

/** A query under way behind a page cursor: the ids of the rest, in order. */
interface Walk {
  readonly atMs: number;
  readonly ids: readonly number[];
  /** What the answer said beside its records. */
  readonly more: Row;
}

/** That an answer is on its way. */
type Sent = 'sent';

export class Vendor {
  readonly #server: Server;
  readonly #walks: Walk[] = [];
  readonly #tokens: Kept[] = [];
  readonly #expired = new Set<string>();
  #logins = 0;
  /** No more trouble and no more writes: the end of a run. */
  isCalm = false;

  constructor(private readonly world: World) {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): Sent {
    const { world } = this;
    const url = new URL(request.url ?? '/', 'http://vendor');
    if (world.traps.isDated) response.setHeader('date', new Date(world.toldClock(this.isCalm)).toUTCString());
    else response.sendDate = false;
    request.resume();
    if (url.pathname === '/token') return this.#login(response);
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (this.#expired.has(token)) return this.#json(response, 401, { error: 'expired' });
    if (!this.isCalm) {
      for (let count = world.random() < world.traps.busyRate ? 1 + world.pick(4) : 0; count > 0; count -= 1)
        world.write();
      if (world.random() < world.traps.troubleRate && this.#trouble(token, response)) return 'sent';
    }
    return this.#answer(url, request, response);
  }

  #login(response: ServerResponse): Sent {
    this.#logins += 1;
    return this.#json(response, 200, { access_token: `t${this.#logins}`, expires_in: 3_600 });
  }

  #trouble(token: string, response: ServerResponse): boolean {
    switch (this.world.pick(6)) {
      case 0:
        response.setHeader('retry-after', '1');
        this.#json(response, 429, { error: 'slow down' });
        return true;
      case 1:
        this.#json(response, 503, { error: 'down' });
        return true;
      case 2:
        this.#expired.add(token);
        this.#json(response, 401, { error: 'expired' });
        return true;
      case 3:
        response.end('{"data":[{"id":');
        return true;
      case 4:
        this.#json(response, 200, { error: 'try again' });
        return true;
      default:
        return false;
    }
  }

  #answer(url: URL, request: IncomingMessage, response: ServerResponse): Sent {
    const [, kind, rest, part] = url.pathname.split('/');
    const rows = this.world.seen(this.#behindMs());
    const parent = kind === 'parents' && part === 'records' ? rest : undefined;
    if (kind === 'parents' && part === undefined)
      return this.#json(response, 200, { data: this.world.parents().map((id) => ({ id })) });
    if (kind === 'clock') return this.#json(response, 200, {});
    if (kind === 'records' && rest !== undefined) return this.#one(Number(rest), response);
    if (kind === 'deleted')
      return this.#list(
        url,
        rows.filter(({ deleted, purged }) => deleted && !purged),
        response,
        (row) => (url.searchParams.has('whole') ? this.#row(row) : this.#tombstone(row)),
      );
    if (kind === 'graves') return this.#graves(url, response);
    if (kind === 'covered') return this.#covered(url, this.world.seen(), response);
    if (kind === 'delta') return this.#delta(url, response);
    if (kind === 'log') return this.#log(url, response);
    if (kind === 'feed') return this.#tagged(url, request, this.#newestFirst(rows), response);
    if (kind === 'revision') return this.#json(response, 200, { revision: revisionOf(rows) });
    if (kind === 'all') {
      const living = rows.filter(({ deleted }) => !deleted);
      return this.#tagged(
        url,
        request,
        living.sort((a, b) => a.id - b.id),
        response,
      );
    }
    const own = parent === undefined ? rows : rows.filter((row) => row.parent === parent);
    const shown = url.searchParams.has('withDeleted') ? own : own.filter(({ deleted }) => !deleted);
    return this.#list(url, shown, response, (row) => this.#row(row));
  }

  /** How far the reader that answers lags behind. */
  #behindMs(): number {
    const { world } = this;
    return !this.isCalm && world.random() < world.traps.replicaRate ? world.pick(world.traps.lagMs + 1) : 0;
  }

  #one(id: number, response: ServerResponse): Sent {
    const found = this.world.seen().find((row) => row.id === id && !row.deleted);
    return this.#json(
      response,
      found === undefined ? 404 : 200,
      found === undefined ? { error: 'none' } : this.#row(found),
    );
  }

  #newestFirst(rows: readonly Write[]): Write[] {
    return rows
      .filter(({ deleted }) => !deleted)
      .sort((a, b) => this.world.stamp(b.stampMs) - this.world.stamp(a.stampMs) || b.id - a.id);
  }

  /** A list with an ETag that stands for all of it. */
  #tagged(url: URL, request: IncomingMessage, rows: readonly Write[], response: ServerResponse): Sent {
    const tag = `"${revisionOf(rows)}"`;
    if (tag.length < 4_000) response.setHeader('etag', tag);
    if (request.headers['if-none-match'] === tag) {
      response.statusCode = 304;
      response.end();
      return 'sent';
    }
    return this.#list(url, rows, response, (row) => this.#row(row));
  }

  #list(url: URL, found: readonly Write[], response: ServerResponse, show: (row: Write) => Row, more: Row = {}): Sent {
    const { searchParams: query } = url;
    const { traps } = this.world;
    const page = query.get('page');
    if (page?.startsWith('w')) return this.#further(url, Number(page.slice(1)), response, show);
    const ignores = !this.isCalm && this.world.random() < traps.troubleRate / 4;
    let rows = ignores ? [...found] : found.filter((row) => this.#passes(row, query));
    const sort = query.get('sort');
    if (sort === 'updated')
      rows = rows.sort((a, b) => this.world.stamp(a.stampMs) - this.world.stamp(b.stampMs) || a.id - b.id);
    if (sort === 'id') rows = rows.sort((a, b) => a.id - b.id);
    const total = rows.length;
    if (traps.cap !== null) rows = rows.slice(0, traps.cap);
    // Positions slip when rows move; a cursor stands for the rows that were found.
    const offset = page === null ? 0 : Number(page) * traps.pageSize;
    const isWalked = query.get('paging') === 'cursor';
    const [shown, rest] = this.#cut(rows.slice(offset), isWalked);
    const body: Record<string, unknown> = { ...more, data: shown.map(show), total };
    if (rest.length > 0 && isWalked) {
      this.#walks.push({ atMs: this.world.clock, ids: rest.map(({ id }) => id), more });
      body['next'] = `w${this.#walks.length - 1}`;
    }
    return this.#json(response, 200, body);
  }

  /** A page, and what comes after it: now and then a page is empty, or its last record comes again on the next. */
  #cut<T>(found: readonly T[], isWalked: boolean): readonly [page: readonly T[], rest: readonly T[]] {
    const { traps } = this.world;
    const isOdd = isWalked && !this.isCalm && this.world.random() < traps.oddPageRate;
    const size = isOdd ? this.world.pick(2) * traps.pageSize : traps.pageSize;
    const again = isOdd && size < found.length ? Math.min(size, 1) : 0;
    return [found.slice(0, size), found.slice(size - again)];
  }

  #further(url: URL, number: number, response: ServerResponse, show: (row: Write) => Row): Sent {
    const walk = this.#walks[number];
    const { traps } = this.world;
    if (walk === undefined || this.world.clock - walk.atMs > traps.tokenMs) {
      return this.#json(response, 410, { error: 'cursor-expired' });
    }
    const now = new Map(this.world.seen().map((row) => [row.id, row]));
    const withDeleted = url.searchParams.has('withDeleted');
    const isGone = url.pathname === '/deleted';
    const [shown, rest] = this.#cut(walk.ids, true);
    const rows = shown.flatMap((id) => now.get(id) ?? []);
    const body: Record<string, unknown> = {
      ...walk.more,
      data: rows.filter(({ deleted }) => withDeleted || deleted === isGone).map(show),
      total: walk.ids.length,
    };
    if (rest.length > 0) {
      this.#walks.push({ atMs: this.world.clock, ids: rest, more: walk.more });
      body['next'] = `w${this.#walks.length - 1}`;
    }
    return this.#json(response, 200, body);
  }

  /** `filter[updated][gte]=…`, read by hand. */
  #passes(row: Write, query: URLSearchParams): boolean {
    return [...query].every(([name, text]) => {
      const match = /^filter\[(\w+)\]\[(\w+)\]$/.exec(name);
      if (match === null) return true;
      const [, field = '', operator = ''] = match;
      if (field === 'number') return compare(row.id, operator, Number(text), true);
      if (field === 'grade') return row.grade === text;
      return compare(
        this.world.stamp(row.stampMs),
        operator,
        this.world.stamp(this.#instant(text)),
        this.world.traps.inclusive,
      );
    });
  }

  #instant(text: string): number {
    const { zone } = this.world.traps;
    if (zone === null || /Z$/.test(text)) return Date.parse(text);
    throw new Error(`a bound without zone: ${text}`);
  }

  #delta(url: URL, response: ServerResponse): Sent {
    const { world } = this;
    const token = url.searchParams.get('token');
    const visible = world.journal.filter(({ seenAtMs }) => seenAtMs <= world.clock);
    let from = 0;
    if (token !== null) {
      const kept = this.#tokens[Number(token)];
      if (kept === undefined || world.clock - kept.atMs > world.traps.tokenMs) {
        return this.#json(response, 410, { error: 'cursor-expired' });
      }
      from = kept.sequence;
    }
    // The token stands for all writes that were seen; a vendor of deltas has no lag within them.
    const upTo = visible.length === 0 ? 0 : Math.max(...visible.map(({ sequence }) => sequence));
    const changed = new Set(
      world.journal.filter(({ sequence }) => sequence > from && sequence <= upTo).map(({ id }) => id),
    );
    const rows = world.truth().filter(({ id, deleted }) => changed.has(id) && (token !== null || !deleted));
    this.#tokens.push({ atMs: world.clock, sequence: world.journal.length });
    const data = rows.map((row) => (row.deleted ? { gone: String(row.id), reason: 'deleted' } : this.#row(row)));
    return this.#json(response, 200, { data, token: String(this.#tokens.length - 1) });
  }

  /** Tells up to when its answer is complete. */
  #covered(url: URL, rows: readonly Write[], response: ServerResponse): Sent {
    const shown = rows.filter((write) => this.#isBetween(write, url));
    return this.#list(url, shown, response, (row) => this.#row(row), { covered: this.#coveredTime() });
  }

  /** The log of deletes: it goes on telling of what was purged, and of what came back. */
  #graves(url: URL, response: ServerResponse): Sent {
    const { world } = this;
    const graves = world.journal.filter((write) => write.deleted && write.seenAtMs <= world.clock);
    const data = graves
      .filter((write) => this.#isBetween(write, url))
      .map((write) => ({ subject: String(write.id), updated: world.text(write.stampMs) }));
    return this.#json(response, 200, { data, covered: this.#coveredTime() });
  }

  /** Before the oldest write that is not seen yet. */
  #coveredTime(): string {
    const { world } = this;
    const open = world.journal.filter(({ seenAtMs }) => seenAtMs > world.clock).map(({ atMs }) => atMs);
    return new Date(world.stamp(Math.min(world.clock, ...open))).toISOString();
  }

  #isBetween(write: Write, { searchParams: query }: URL): boolean {
    const atMs = this.world.stamp(write.atMs);
    return atMs >= Date.parse(query.get('start') ?? '') && atMs < Date.parse(query.get('end') ?? '');
  }

  /** Entries of what happened, with ids that grow; seen as late as the writes. */
  #log(url: URL, response: ServerResponse): Sent {
    const { world } = this;
    const after = Number(url.searchParams.get('after') ?? 0);
    const page = Number(url.searchParams.get('page') ?? 0);
    const { pageSize } = world.traps;
    const entries = world.journal.filter(({ sequence, seenAtMs }) => sequence > after && seenAtMs <= world.clock);
    const shown = entries.slice(page * pageSize, (page + 1) * pageSize);
    const isBack = ({ id, rev }: Write): boolean =>
      world.journal.some((before) => before.id === id && before.rev === rev - 1 && before.deleted);
    const verbs = (write: Write): string =>
      write.deleted ? 'destroy' : write.rev === 1 || isBack(write) ? 'create' : 'update';
    const data = shown.map((write) => ({
      number: write.sequence,
      subject: String(write.id),
      verb: verbs(write),
      updated: world.text(write.stampMs),
      record: this.#row(write),
    }));
    return this.#json(response, 200, { data });
  }

  #row(write: Write): Row {
    const { world } = this;
    return {
      id: String(write.id),
      number: write.id,
      name: write.name,
      grade: write.grade,
      rev: write.rev,
      parent: write.parent,
      created: world.text(write.createdAtMs),
      updated: world.text(write.stampMs),
      removed: write.deleted,
    };
  }

  #tombstone(write: Write): Row {
    return { id: String(write.id), number: write.id, updated: this.world.text(write.stampMs) };
  }

  #json(response: ServerResponse, status: number, body: unknown): Sent {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
    return 'sent';
  }
}

const revisionOf = (rows: readonly Write[]): string => rows.map(({ id, rev }) => `${id}.${rev}`).join(' ');

function compare(left: number, operator: string, right: number, inclusive: boolean): boolean {
  switch (operator) {
    case 'gte':
      return inclusive ? left >= right : left > right;
    case 'gt':
      return left > right;
    case 'lte':
      return left <= right;
    case 'lt':
      return left < right;
    case 'eq':
      return left === right;
    default:
      throw new Error(`no operator ${operator}`);
  }
}
