/** How a throw-away record of an object is created, changed and deleted. */
import type { TrialDefinition, TrialRequest as TrialRequestDefinition } from '../definition/connector.ts';
import type { Fields } from '../where/ast.ts';
import type { ReadOne, Trial, TrialRequest } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { linkRequest } from './link-detection.ts';
import { linkPath, type Scope } from './link-template.ts';

interface TrialContext {
  readonly settings: Scope;
  readonly fields: Fields;
  readonly read: ReadOne | null;
}

export function linkTrial(
  definition: TrialDefinition,
  { settings, fields, read }: TrialContext,
  pointer: string,
  findings: Findings,
): Trial {
  const find = new Map(
    Object.entries(definition.find ?? {}).map(([name, { request, read: path }]) => {
      const at = pointerTo(pointer, 'find', name);
      return [
        name,
        {
          request: linkRequest(request, settings, [], `${at}/request`, findings),
          read: linkPath(path, `${at}/read`, findings),
        },
      ];
    }),
  );
  const scope = [...settings, 'mark', ...[...find.keys()].map((name) => `found.${name}`)];
  const record = read === null ? [] : [...fields.values()].map(({ path }) => `record.${path.join('.')}`);
  const existing = [...scope, 'id', ...record];
  const link = (request: TrialRequestDefinition, names: Scope, step: string): TrialRequest =>
    linkWrite(request, names, `${pointer}/${step}`, findings);
  for (const step of ['create', 'update'] as const) {
    if (!JSON.stringify(definition[step]).includes('{mark}'))
      findings.add({
        code: 'connector-trial-unmarked',
        message: `What ${step} writes could not be told from what was there before.`,
        help: 'Put {mark} into a text of the record that polls ask for.',
        pointer: `${pointer}/${step}`,
      });
  }
  return {
    find,
    create: link(definition.create, scope, 'create'),
    id: linkPath(definition.id, `${pointer}/id`, findings),
    update: link(definition.update, existing, 'update'),
    delete: link(definition.delete, existing, 'delete'),
    merge: definition.merge === undefined ? null : link(definition.merge, [...existing, 'other'], 'merge'),
  };
}

function linkWrite(
  { method, ...request }: TrialRequestDefinition,
  scope: Scope,
  pointer: string,
  findings: Findings,
): TrialRequest {
  // How requests are linked does not depend on the method.
  return { ...linkRequest({ ...request, method: 'POST' }, scope, [], pointer, findings), method };
}
