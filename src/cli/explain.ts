/** `anyhook explain`: the request that a where becomes, and why. */

import { queryOf } from '../connector/narrow.ts';
import type { Explanation } from '../engine/api.ts';
import { explain } from '../engine/explain.ts';
import { exitCodes, type RegisterCommand, tellDiagnostics } from './command.ts';
import { loadOne } from './named-connectors.ts';
import { collectPair, collectText } from './option-values.ts';

interface ExplainOptions {
  readonly where?: string;
  readonly param: Readonly<Record<string, string>>;
  readonly setting: Readonly<Record<string, string>>;
  readonly connectors: readonly string[];
  readonly json?: boolean;
}

export const registerExplain: RegisterCommand = (program, { terminal }, end) => {
  program
    .command('explain')
    .summary('show the request that a where becomes, and why')
    .description(
      'Shows the request that a where becomes for an object, and per predicate whether the vendor evaluates it exactly, ' +
        'returns more than asked for, or it is left to be evaluated here. Without --where, the object’s own change query.',
    )
    .argument('<connector>', 'key of the connector, or path of your own')
    .argument('<object>', 'object of the connector')
    .option('--where <text>', 'the where')
    .option('--param <name=value>', 'value of a :parameter; may be repeated', collectPair, {})
    .option('--setting <name=value>', 'setting of the instance; may be repeated', collectPair, {})
    .option('--connectors <path>', 'folder or file of your own connectors; may be repeated', collectText, [])
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ anyhook explain acme contact --where "updated > :since AND email LIKE \'%@acme.com\'" \\\n' +
        '      --param since=2026-01-01T00:00:00Z',
    )
    .action(async (name: string, object: string, options: ExplainOptions) => {
      const { connector, connectors, diagnostics: loading } = await loadOne(name, options.connectors);
      if (connector === null) return end(tellDiagnostics(loading, terminal, { json: options.json }));
      const { key } = connector;
      const where = options.where === undefined ? {} : { where: options.where };
      const input = { connector: key, object, ...where, parameters: options.param, settings: options.setting };
      const outcome = explain(input, connectors, Date.now());
      const changes = connector.objects.get(object)?.changes;
      const source = options.where ?? (changes && queryOf(changes)?.where.text);
      const text = source === undefined ? {} : { text: { name: '--where', source } };
      const { diagnostics } = outcome;
      if (!outcome.ok) return end(tellDiagnostics(diagnostics, terminal, { json: options.json, ...text }));
      // Hints go to stderr, so that what is printed stays one JSON document.
      tellDiagnostics(diagnostics, terminal, text);
      terminal.print(
        options.json === true ? JSON.stringify(shown(outcome.value), null, 2) : explanationText(outcome.value),
      );
      end(exitCodes.done);
    });
};

/** The documented shape; further requests only where there are any. */
function shown({ request, requests, predicates, residual }: Explanation): unknown {
  return { request, ...(requests.length > 1 && { requests }), predicates, residual };
}

const words = { exact: 'pushed, exact', superset: 'pushed, wider', no: 'evaluated here' } as const;

function explanationText({ request, requests, predicates, residual }: Explanation): string {
  const url = new URL(request.url);
  return [
    `${request.method} ${url.origin}${url.pathname}`,
    ...[...url.searchParams].map(([name, value]) => `  ${name} = ${value}`),
    ...(request.body === null ? [] : [indented(JSON.stringify(request.body, null, 2))]),
    ...(requests.length > 1 ? [`and ${requests.length - 1} more requests of this form`] : []),
    '',
    ...predicates.map(({ text, pushed, reason }) => `${words[pushed].padEnd(14)}  ${text}\n${' '.repeat(16)}${reason}`),
    '',
    residual === null ? 'Nothing is left to evaluate here.' : `Evaluated here on what comes back: ${residual}`,
  ].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
