/** How records of an object are read by their ids. */
import type { ReadDefinition, ReadManyDefinition, RequestTemplate } from '../definition/connector.ts';
import type { Path } from '../template/path.ts';
import type { CompiledRequest } from './compiled-request.ts';
import type { ReadMany, ReadOne } from './connector.ts';
import type { Findings } from './findings.ts';
import { linkRequest } from './link-detection.ts';
import { linkAnswerExpression } from './link-expression.ts';
import { linkPath, linkPattern, linkTemplate, placeholdersOf, type Scope } from './link-template.ts';

/** No quote, slash or percent: nothing that ends a literal or a path. */
const defaultIdPattern = '[A-Za-z0-9_:@=~.-]{1,255}';

export interface ReadContext {
  readonly settings: Scope;
  /** The vendor's names that {fields} stands for. */
  readonly selected: readonly string[];
  /** Where a record holds its id. */
  readonly id: Path;
}

export function linkRead(
  definition: ReadDefinition,
  context: ReadContext,
  pointer: string,
  findings: Findings,
): ReadOne {
  const { record = '', idPattern = defaultIdPattern, many } = definition;
  return {
    request: linkAsking(definition.request, 'id', context, `${pointer}/request`, findings),
    record: linkPath(record, `${pointer}/record`, findings),
    idPattern: linkPattern(idPattern, `${pointer}/idPattern`, findings),
    many: many === undefined ? null : linkMany(many, context, `${pointer}/many`, findings),
  };
}

function linkMany(
  { request, most, each = '{id}', records, id, missing, gone }: ReadManyDefinition,
  context: ReadContext,
  pointer: string,
  findings: Findings,
): ReadMany {
  const one = linkTemplate(each, [...context.settings, 'id'], `${pointer}/each`, findings);
  if (!one.names.includes('id')) {
    const message = 'Every id would be written the same.';
    findings.add({ code: 'inbound-contradiction', message, help: 'Put {id} into it.', pointer: `${pointer}/each` });
  }
  return {
    request: linkAsking(request, 'ids', context, `${pointer}/request`, findings),
    most,
    each: one,
    records: linkPath(records, `${pointer}/records`, findings),
    id: id === undefined ? context.id : linkPath(id, `${pointer}/id`, findings),
    isMissingGone: missing === 'gone',
    gone: gone === undefined ? null : linkAnswerExpression(gone, `${pointer}/gone`, findings),
  };
}

/** A request that must say which records. */
function linkAsking(
  template: RequestTemplate,
  name: 'id' | 'ids',
  { settings, selected }: ReadContext,
  pointer: string,
  findings: Findings,
): CompiledRequest {
  const request = linkRequest(template, [...settings, name, 'fields'], selected, pointer, findings);
  if (!placeholdersOf(request).includes(name)) {
    const message = `The request does not say which record${name === 'id' ? '' : 's'}.`;
    findings.add({ code: 'inbound-contradiction', message, help: `Put {${name}} into it.`, pointer });
  }
  return request;
}
