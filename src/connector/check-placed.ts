/** Whether the query of a where gets into its request: what is pushed is trusted to be sent, and not evaluated again. */
import type { RequestTemplate } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import type { Findings } from './findings.ts';

export function checkPlaced(
  request: RequestTemplate,
  { dialect, pushdown }: { readonly dialect: Dialect; readonly pushdown: boolean },
  pointer: string,
  findings: Findings,
): void {
  const isPlaced = JSON.stringify(request).includes('{where}');
  if (dialect.builder === 'params') {
    if (!isPlaced) return;
    findings.add({
      code: 'connector-where-misplaced',
      message:
        'Nothing fills {where} here: this dialect makes named parameters, which are added to the query by themselves.',
      help: 'Take it out. What a parameter is called and which field it bounds stands in "fields" of the dialect, which a connector may override.',
      pointer,
    });
  } else if (pushdown && !isPlaced) {
    findings.add({
      code: 'connector-where-misplaced',
      message: 'The query that the where becomes is sent nowhere: this request has no {where}.',
      help: 'Put {where} where the vendor takes its filter, as in "query": { "filter": "{where}" }. When it takes none, say "pushdown": false.',
      pointer,
    });
  }
}
