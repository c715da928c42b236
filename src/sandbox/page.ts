import type { Json } from './json.ts';
import type { Attempt } from './notifier.ts';
import { pageStyle } from './page-style.ts';
import type { JournalEntry, StoredRecord } from './records.ts';
import type { SandboxVendor, SandboxWorld } from './vendor.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes any text safe inside HTML text and attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Headers that keep a record's text from ever running as a script. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** More would make a page that no browser likes; /_sandbox/records has all. */
const mostRecords = 200;
const mostLines = 20;
const glimpseLength = 200;

/** The sandbox's page: how to connect and to change something, every record as it is now, and what was told of it. */
export function renderPage(vendor: SandboxVendor, world: SandboxWorld, path: string | null): string {
  const title = escapeHtml(`${vendor.name} sandbox`);
  const links = [...vendor.objects, ...(vendor.webhooks === undefined ? [] : ['webhooks']), 'journal'];
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>${pageStyle}</style></head><body>
<header><h1>${title}</h1><p>It is ${time(world.clock.now())} here. ${whereRecordsLive(path)}</p></header>
<nav>${links.map((name) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`).join('')}</nav>
${renderConnection(vendor, world)}
${vendor.objects.map((object) => renderObject(object, vendor, world)).join('\n')}
${vendor.webhooks === undefined ? '' : renderWebhooks(world)}
${renderJournal(world.book.journal)}
</body></html>
`;
}

function whereRecordsLive(path: string | null): string {
  if (path === null) return 'The records live in memory.';
  return `The records live in <code>${escapeHtml(path)}</code>: edit that file and the change is made.`;
}

function renderConnection(
  { credentials, editedObjects: [object = ''], habits }: SandboxVendor,
  { origin }: SandboxWorld,
): string {
  const rows = Object.entries({ origin: origin(), ...credentials }).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${renderCredential(value)}</td></tr>`,
  );
  const post = (path: string, body: Json): string =>
    escapeHtml(`curl ${origin()}/_sandbox/${path} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`);
  const purge = `<p>A record deleted for good, past the recycle bin:</p><pre>${post('purge', { object, id: '…' })}</pre>`;
  return `<h2 id="connect">connect</h2><table>${rows.join('')}</table>
<p>Three changes as people would make them:</p><pre>${post('edit', { object, count: 3 })}</pre>${habits.purges ? purge : ''}
<p>As JSON: <a href="/_sandbox/records">records</a>, <a href="/_sandbox/journal">journal</a>, <a href="/_sandbox/faults">faults</a>,
<a href="/_sandbox/webhooks">webhooks</a>, <a href="/_sandbox/health">health</a>.</p>`;
}

function renderCredential(value: string): string {
  const text = escapeHtml(value);
  return value.includes('\n') ? `<details><summary>show</summary><pre>${text}</pre></details>` : `<code>${text}</code>`;
}

function renderObject(object: string, { shape }: SandboxVendor, { book }: SandboxWorld): string {
  const stored = book.list(object, 'latest');
  const atMs = (one: StoredRecord) => shape.modifiedAtMs(object, one.record);
  const newest = [...stored].sort((a, b) => atMs(b) - atMs(a)).slice(0, mostRecords);
  const gone = stored.filter(({ deleted }) => deleted).length;
  const counted = `${stored.length - gone} live${gone === 0 ? '' : `, ${gone} deleted`}`;
  const rest = stored.length > newest.length ? `, the latest ${newest.length} shown` : '';
  const rows = newest.map((one) => renderRecord(one, atMs(one)));
  return section(
    object,
    `${counted}${rest}`,
    rows.length === 0 ? none('No record yet.') : `<div class="records">${rows.join('')}</div>`,
  );
}

function renderRecord({ id, record, deleted }: StoredRecord, atMs: number): string {
  const glimpse = leaves(record)
    .filter((text) => text !== '' && text !== id)
    .join(' · ')
    .slice(0, glimpseLength);
  return `<details${deleted ? ' class="gone"' : ''}><summary><code>${escapeHtml(id)}</code><span class="glimpse">${escapeHtml(glimpse)}</span>${deleted ? '<span>deleted</span>' : ''}${time(atMs)}</summary><pre>${escapeHtml(JSON.stringify(record, null, 2))}</pre></details>`;
}

/** Texts and numbers, however deep they stand. */
function leaves(value: Json): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(leaves);
}

function renderWebhooks({ notifier }: SandboxWorld): string {
  const subscriptions = notifier.subscriptions
    .list()
    .map(({ serial, url, isActive, settings }) =>
      cells(String(serial), url, isActive ? 'active' : 'paused', JSON.stringify(settings)),
    );
  const attempts = notifier.attempts.slice(-mostLines).reverse().map(renderAttempt);
  const waiting = notifier.waiting === 0 ? '' : `, notifications waiting: ${notifier.waiting}`;
  return section(
    'webhooks',
    `subscriptions: ${subscriptions.length}${waiting}`,
    table(['number', 'URL', 'state', 'settings'], subscriptions, 'Nobody is told of changes yet.') +
      table(['sent at', 'to', 'attempt', 'outcome'], attempts, 'Nothing was sent yet.'),
  );
}

function renderAttempt({ at, url, attempt, outcome, status, error, isForged, isDuplicate }: Attempt): string {
  const marks = [...(isForged ? ['forged'] : []), ...(isDuplicate ? ['sent twice'] : [])];
  const told = [outcome, ...marks, String(status ?? error ?? '')].filter((text) => text !== '').join(', ');
  return cells(at, url, String(attempt + 1), told);
}

function renderJournal(journal: readonly JournalEntry[]): string {
  const rows = journal
    .slice(-mostLines)
    .reverse()
    .map(({ sequence, at, object, id, action }) => cells(String(sequence), at, object, id, action));
  const note = `${journal.length} changes since it was started`;
  return section('journal', note, table(['number', 'at', 'object', 'id', 'change'], rows, 'Nothing has changed yet.'));
}

function section(name: string, note: string, content: string): string {
  return `<h2 id="${escapeHtml(name)}">${escapeHtml(name)} <small>${escapeHtml(note)}</small></h2>${content}`;
}

function table(heads: readonly string[], rows: readonly string[], empty: string): string {
  if (rows.length === 0) return none(empty);
  return `<table><tr>${heads.map((head) => `<th>${escapeHtml(head)}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

const none = (text: string): string => `<p class="none">${escapeHtml(text)}</p>`;

const cells = (...texts: readonly string[]): string =>
  `<tr>${texts.map((text) => `<td><code>${escapeHtml(text)}</code></td>`).join('')}</tr>`;

/** A record's own stamp may be anything that a person wrote into the file. */
function time(atMs: number): string {
  const date = new Date(atMs);
  const text = Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
  return `<time>${text}</time>`;
}
