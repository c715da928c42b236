/** How the vendor is asked which fields an object has, compiled. */
import type { Describe as DescribeDefinition } from '../definition/connector.ts';
import { compileExpression, type Expression } from '../mapping/expression.ts';
import type { Describe } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { linkRequest } from './link-detection.ts';
import { linkFields } from './link-fields.ts';
import { linkPath, type Scope } from './link-template.ts';

export const defaultMaxLength = 8_000;
const defaultEverySeconds = 86_400;

/** null when an expression is not well formed; then the findings say which. */
export function linkDescribe(
  definition: DescribeDefinition,
  settings: Scope,
  pointer: string,
  findings: Findings,
): Describe | null {
  const compile = (part: 'name' | 'path' | 'type' | 'filterable' | 'select'): Expression | null => {
    const text = definition[part];
    return text === undefined ? null : linkEntryExpression(text, `${pointer}/${part}`, findings);
  };
  const request = linkRequest(definition.request, settings, [], `${pointer}/request`, findings);
  const fields = linkPath(definition.fields, `${pointer}/fields`, findings);
  linkFields(definition.types, `${pointer}/types`, findings);
  const values = Object.entries(definition.values ?? {}).map(
    ([name, path]) => [name, linkPath(path, pointerTo(pointer, 'values', name), findings)] as const,
  );
  const name = compile('name');
  const type = compile('type');
  if (name === null || type === null) return null;
  return {
    request,
    fields,
    name,
    path: compile('path'),
    type,
    types: new Map(Object.entries(definition.types)),
    filterable: compile('filterable'),
    select: compile('select'),
    values: new Map(values),
    maxLength: definition.maxLength ?? defaultMaxLength,
    everyMs: (definition.everySeconds ?? defaultEverySeconds) * 1_000,
  };
}

function linkEntryExpression(text: string, pointer: string, findings: Findings): Expression | null {
  const { expression, problems } = compileExpression(text, []);
  for (const problem of problems) findings.add({ code: 'mapping-syntax', pointer, ...problem });
  return expression;
}
