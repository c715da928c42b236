/**
 * Delta token: the vendor hands out a token that stands for what has been read. A token that has expired does not mean
 * that everything is new: all is listed again, and compared with the ledger; and once more when a record was missing that
 * changed too shortly before to be believed gone, for no later token tells of it.
 */
import { createHash } from 'node:crypto';
import type { DeltaDetection } from '../../connector/connector.ts';
import { placeholdersOf } from '../../connector/link-template.ts';
import { renderRequest } from '../../connector/render-request.ts';
import { Failure } from '../../diagnostic/failure.ts';
import type { Page, VendorRequest } from '../../http/client.ts';
import { pages } from '../../http/page/pages.ts';
import { readPath } from '../../template/path.ts';
import { defaultBreaker, enumerate, graceMs, type Listed } from '../enumerate.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from '../feed.ts';
import { note, type PollReport } from '../poll-report.ts';
import { isForgotten } from '../resume.ts';
import { readRows } from '../rows.ts';
import type { Batch, Strategy } from './strategy.ts';

type Source = FeedSource<DeltaDetection>;

interface Token {
  readonly text: string;
  /** When it was given out, on our clock. */
  readonly atMs: number;
}

export const delta: Strategy<DeltaDetection> = async function* (source, ports, report) {
  const { cursor } = ports.state;
  const token = tokenOf(cursor?.['token'], cursor?.['atMs']);
  const open = openOf(cursor?.['open']);
  const isDue = open !== null && ports.now() - open.generation > graceMs;
  const asked = cursor?.['asked'];
  // A token goes on answering the fields that were asked for when it was given out.
  const isSame = asked === undefined || asked === askedFields(source.detection);
  report.windows += 1;
  const isAlive = token !== null && isSame && ports.now() - token.atMs < source.detection.token.lifetimeMs;
  const isKnown = isAlive && (yield* sinceToken(source, ports, report, token, open));
  if (isKnown && !isDue) return;
  if (token !== null && !isKnown) note(report, 'cursor-expired');
  yield* fromTheStart(source, ports, report, token === null, open);
};

/** A listing in which a record was missing that may be gone: its number is its time on our clock. */
type Open = Pick<Listed, 'generation' | 'met'>;

function openOf(kept: unknown): Open | null {
  const open = kept as Partial<Open> | null | undefined;
  return typeof open?.generation === 'number' ? { generation: open.generation, met: open.met ?? '' } : null;
}

function tokenOf(text: unknown, atMs: unknown): Token | null {
  return typeof text === 'string' && typeof atMs === 'number' ? { text, atMs } : null;
}

/** Reads what is new. Answers false when the vendor no longer knows the token. */
async function* sinceToken(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  token: Token,
  open: Open | null,
): AsyncGenerator<Batch, boolean> {
  const { page: paging, records } = source.detection;
  const startedMs = vendorNow(ports);
  const walk = pages(ports.client, requestSince(source, token), { page: paging, recordsPath: records }, ports.signal);
  for (;;) {
    const turn = await walk.next().catch((error: unknown) => {
      if (isForgotten(error)) return null;
      throw error;
    });
    if (turn === null) return false;
    if (turn.done === true) return true;
    const page = turn.value;
    report.pages += 1;
    report.records += page.records.length;
    const readings = await readRows(page.records, source, ports, report, { fallbackMs: vendorNow(ports) });
    const move = page.last && { cursor: cursorFrom(page, source, ports, startedMs, open) };
    yield { readings, knownSince: vendorStart(source, ports), isComplete: true, ...move };
  }
}

async function* fromTheStart(
  source: Source,
  ports: PollPorts,
  report: PollReport,
  isFirst: boolean,
  before: Open | null,
): AsyncGenerator<Batch> {
  const startedMs = vendorNow(ports);
  const { request, records, page } = source.detection;
  const listing = { request, records, page, total: null };
  const listed = yield* enumerate(source, listing, ports, report, {
    breaker: defaultBreaker,
    isFirst,
    before: before?.met ?? null,
  });
  if (listed.lastPage === null) throw new Error('a listing without a page');
  const startMs = vendorStart(source, ports);
  const { generation, met, isOpen } = listed;
  const open = isOpen ? { generation, met } : null;
  const cursor = cursorFrom(listed.lastPage, source, ports, startedMs, open);
  yield { readings: [], knownSince: startMs, cursor, startMs, isOpen };
}

/** A digest of the fields that a request names; undefined where it names none. */
function askedFields({ request }: DeltaDetection): string | undefined {
  if (!placeholdersOf(request).includes('fields')) return undefined;
  return createHash('sha256').update(request.fields.join()).digest('base64url').slice(0, 22);
}

function askedWith(detection: DeltaDetection): { readonly asked?: string } {
  const asked = askedFields(detection);
  return asked === undefined ? {} : { asked };
}

function requestSince({ detection, settings, parent }: Source, token: Token): VendorRequest {
  const { since, request } = detection;
  if (since !== null) return renderRequest(since, { settings, parent, token: token.text });
  // The URL is complete; what the first request said beside its URL goes with it.
  const { headers } = renderRequest(request, { settings, parent });
  return { method: 'GET', path: token.text, query: [], headers };
}

/** @throws Failure `vendor-answer-unreadable` when the last page holds no token: without it the place is lost. */
function cursorFrom({ answer }: Page, { detection }: Source, ports: PollPorts, ms: number, open: Open | null) {
  const token = readPath(answer.body, detection.token.read);
  if (typeof token === 'string' && token !== '') {
    const kept = open === null ? {} : { open: { ...open } };
    return { ms, token, atMs: ports.now(), ...askedWith(detection), ...kept };
  }
  throw new Failure('vendor-answer-unreadable', `The last page has no token at ${detection.token.read.join('.')}.`, {
    retryable: true,
    help: 'Check the path "token.read" of the detection, and that the request asks for tracking.',
  });
}
