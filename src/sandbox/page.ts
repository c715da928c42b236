import type { JsonObject } from './json.ts';
import type { RecordBook } from './records.ts';
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

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
td code{white-space:pre-wrap;overflow-wrap:anywhere}.gone{opacity:.5;text-decoration:line-through}`;

/** Headers that keep a record's text from ever running as a script. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** The sandbox's page: how to connect, and every record as it is now. */
export function renderPage(vendor: SandboxVendor, world: SandboxWorld, path: string | null): string {
  const title = escapeHtml(`${vendor.name} sandbox`);
  const where =
    path === null
      ? 'The records live in memory.'
      : `The records live in <code>${escapeHtml(path)}</code>: edit that file and the change is made.`;
  const credentials = Object.entries({ origin: world.origin(), ...vendor.credentials })
    .map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td><code>${escapeHtml(value)}</code></td></tr>`)
    .join('');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${style}</style></head><body>
<h1>${title}</h1><p>${where} See also the <a href="/_sandbox/journal">journal</a>, the <a href="/_sandbox/faults">faults</a>
and the <a href="/_sandbox/health">health</a>.</p><table>${credentials}</table>
${vendor.webhooks === undefined ? '' : renderWebhooks(world)}${vendor.objects.map((object) => renderObject(object, world.book)).join('\n')}
</body></html>
`;
}

function renderObject(object: string, book: RecordBook): string {
  const rows = book
    .list(object, 'latest')
    .slice(-200)
    .map(
      ({ id, record, deleted }) =>
        `<tr${deleted ? ' class="gone"' : ''}><td>${escapeHtml(id)}</td><td><code>${escapeHtml(brief(record))}</code></td></tr>`,
    );
  return `<h2>${escapeHtml(object)}</h2><table>${rows.join('')}</table>`;
}

function renderWebhooks({ notifier }: SandboxWorld): string {
  const cells = (...texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<td><code>${escapeHtml(text)}</code></td>`).join('')}</tr>`;
  const subscriptions = notifier.subscriptions
    .list()
    .map(({ serial, url, isActive, settings }) =>
      cells(String(serial), url, isActive ? 'active' : 'paused', brief(settings)),
    );
  const attempts = notifier.attempts
    .slice(-20)
    .map(({ at, url, outcome, status, error, attempt }) =>
      cells(at, url, `${outcome}, attempt ${attempt}`, String(status ?? error ?? '')),
    );
  return `<h2>webhooks</h2><p><a href="/_sandbox/webhooks">Subscriptions and attempts</a> as JSON; ${notifier.waiting} notifications wait.</p>
<table>${subscriptions.join('')}</table><table>${attempts.join('')}</table>
`;
}

const brief = (record: JsonObject): string => JSON.stringify(record, (_key, value: unknown) => value ?? undefined);
