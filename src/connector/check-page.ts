import type { PageDefinition, RequestTemplate } from '../definition/connector.ts';
import type { Findings } from './findings.ts';
import { linkPath } from './link-template.ts';

/** The paths of a page definition, and the place in the request's statement that the next page is asked for in. */
export function checkPage(
  page: PageDefinition,
  { query = {} }: RequestTemplate,
  pointer: string,
  findings: Findings,
): void {
  for (const part of ['read', 'more', 'field'] as const) {
    const path: unknown = Reflect.get(page, part);
    if (typeof path === 'string') linkPath(path, `${pointer}/${part}`, findings);
  }
  const slot = 'send' in page ? page.send : null;
  if (slot?.between === undefined || slot.in !== 'query') return;
  const [before = '', after = ''] = slot.between;
  const [, ...rest] = (query[slot.name] ?? '').split(before);
  if (rest.join(before).includes(after)) return;
  findings.add({
    code: 'connector-schema',
    message: `The parameter "${slot.name}" of the request has no place between ${before} and ${after}.`,
    help: 'Write the statement of the first page with a value in that place.',
    pointer: `${pointer}/send/between`,
  });
}
