/** How the vendor is asked which fields objects have, compiled. */
import type {
  ConnectorDefinition,
  Describe as DescribeDefinition,
  DescribedAs,
  ObjectAlias,
  RequestTemplate,
} from '../definition/connector.ts';
import type { Expression } from '../mapping/expression.ts';
import type { Describe, DescribeAlias, DescribeRules } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { linkRequest } from './link-detection.ts';
import { linkAnswerExpression } from './link-expression.ts';
import { linkFields } from './link-fields.ts';
import { linkPath, type Scope } from './link-template.ts';
import { checkPlaceholders, instantiate, namesValue } from './object-values.ts';

const defaultMaxLength = 8_000;
const defaultEverySeconds = 86_400;

/** What the describe of each object is made of. */
export interface Describing {
  readonly request: RequestTemplate;
  readonly rules: DescribeRules;
}

export function describingOf({ describe }: ConnectorDefinition, rules: DescribeRules | null): Describing | null {
  return describe === undefined || rules === null ? null : { request: describe.request, rules };
}

/** What is the same for all objects. null when an expression is not well formed; then the findings say which. */
export function linkDescribeRules(definition: DescribeDefinition, findings: Findings): DescribeRules | null {
  const pointer = '/describe';
  const compile = (part: 'name' | 'path' | 'type' | 'filterable' | 'select'): Expression | null => {
    const text = definition[part];
    return text === undefined ? null : linkAnswerExpression(text, `${pointer}/${part}`, findings);
  };
  checkPlaceholders(definition, ['name'], pointer, findings);
  if (!namesValue(definition.request, 'name')) {
    findings.add({
      code: 'connector-template',
      message: 'The request does not say which object.',
      help: 'Put {object.name} into it.',
      pointer: `${pointer}/request`,
    });
  }
  linkFields(definition.types, `${pointer}/types`, findings);
  const values = new Map<string, Expression>();
  for (const [value, text] of Object.entries(definition.values ?? {})) {
    const expression = linkAnswerExpression(text, pointerTo(pointer, 'values', value), findings);
    if (expression !== null) values.set(value, expression);
  }
  const fields = linkPath(definition.fields, `${pointer}/fields`, findings);
  const name = compile('name');
  const type = compile('type');
  if (name === null || type === null) return null;
  return {
    fields,
    name,
    path: compile('path'),
    type,
    types: new Map(Object.entries(definition.types)),
    filterable: compile('filterable'),
    select: compile('select'),
    values,
    maxLength: definition.maxLength ?? defaultMaxLength,
    everyMs: (definition.everySeconds ?? defaultEverySeconds) * 1_000,
  };
}

/** Of one object. null when the connector does not say how; then the findings say so. */
export function linkDescribe(
  { object, select, alias }: DescribedAs,
  { describing, settings }: { readonly describing: Describing | null; readonly settings: Scope },
  pointer: string,
  findings: Findings,
): Describe | null {
  if (describing === null) {
    findings.add({
      code: 'connector-schema',
      message: 'The connector does not say how objects are described.',
      help: 'Add describe to the connector, beside objects.',
      pointer,
    });
    return null;
  }
  const { request, rules } = describing;
  const own = select === undefined ? rules.select : linkAnswerExpression(select, `${pointer}/select`, findings);
  const asked = instantiate(request, { name: object });
  return {
    ...rules,
    select: own,
    request: linkRequest(asked, settings, [], '/describe/request', findings),
    alias: alias === undefined ? null : linkAlias(alias, settings, `${pointer}/alias`, findings),
  };
}

function linkAlias(
  { request, value }: ObjectAlias,
  settings: Scope,
  pointer: string,
  findings: Findings,
): DescribeAlias | null {
  const expression = linkAnswerExpression(value, `${pointer}/value`, findings);
  const asked = request === undefined ? null : linkRequest(request, settings, [], `${pointer}/request`, findings);
  return expression === null ? null : { request: asked, value: expression };
}
