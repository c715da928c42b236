/** How one record of an object is read by its id. */
import type { ReadDefinition } from '../definition/connector.ts';
import type { ReadOne } from './connector.ts';
import type { Findings } from './findings.ts';
import { linkRequest } from './link-detection.ts';
import { linkPath, linkPattern, placeholdersOf, type Scope } from './link-template.ts';

/** No quote, slash or percent: nothing that ends a literal or a path. */
const defaultIdPattern = '[A-Za-z0-9_:@=~.-]{1,255}';

/** @param selected the vendor's names that {fields} stands for. */
export function linkRead(
  definition: ReadDefinition,
  settings: Scope,
  selected: readonly string[],
  pointer: string,
  findings: Findings,
): ReadOne {
  const request = linkRequest(
    definition.request,
    [...settings, 'id', 'fields'],
    selected,
    `${pointer}/request`,
    findings,
  );
  if (!placeholdersOf(request).includes('id')) {
    const message = 'The request does not say which record.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Put {id} into it.', pointer: `${pointer}/request` });
  }
  return {
    request,
    record: linkPath(definition.record ?? '', `${pointer}/record`, findings),
    idPattern: linkPattern(definition.idPattern ?? defaultIdPattern, `${pointer}/idPattern`, findings),
  };
}
