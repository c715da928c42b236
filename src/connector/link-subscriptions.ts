/** How webhooks are registered at the vendor, renewed and removed: requests and what their answers tell. */
import type { ConnectorDefinition, InboundSubscriptions, SubscriptionStep } from '../definition/connector.ts';
import { checkCredential } from './check-auth.ts';
import type { Path } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { SubscriptionRules, SubscriptionStepRule } from './inbound.ts';
import { linkRequest } from './link-detection.ts';
import { linkPath, type Scope } from './link-template.ts';

/** The names of templates beside `settings.*` and, after registering, `subscription.*`. */
const callbackNames = ['callback.url', 'callback.secret', 'callback.expiresAt'] as const;

export function linkSubscriptions(
  definition: InboundSubscriptions,
  { objects, credentials }: Pick<ConnectorDefinition, 'objects' | 'credentials'>,
  settings: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRules {
  const { topics, register, renew, remove } = definition;
  for (const name of Object.keys(topics ?? {})) {
    if (Object.hasOwn(objects, name)) continue;
    const message = `The connector has no object "${name}".`;
    findings.addForName({ code: 'object-unknown', message, pointer: pointerTo(pointer, 'topics', name) });
  }
  const scope = [...settings, ...callbackNames, ...(topics === undefined ? [] : ['topic'])];
  const captured = [...scope, ...Object.keys(register.capture ?? {}).map((name) => `subscription.${name}`)];
  const link = (step: SubscriptionStep, names: Scope, name: string) =>
    linkStep(step, credentials, names, `${pointer}/${name}`, findings);
  return {
    topics:
      topics === undefined
        ? [{ object: null, topic: null }]
        : Object.entries(topics).flatMap(([object, list]) => list.map((topic) => ({ object, topic }))),
    register: link(register, scope, 'register'),
    renew: renew === undefined ? null : link(renew, captured, 'renew'),
    remove: remove === undefined ? null : link(remove, captured, 'remove'),
    renewBeforeMs: (definition.renewBeforeSeconds ?? 3600) * 1000,
  };
}

function linkStep(
  step: SubscriptionStep,
  credentials: ConnectorDefinition['credentials'],
  scope: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionStepRule {
  const { method, ...request } = step.request;
  for (const name of Object.keys(step.credentials ?? {}))
    checkCredential(name, { credentials }, pointerTo(pointer, 'credentials', name), findings);
  const paths = (part: 'capture' | 'credentials'): ReadonlyMap<string, Path> =>
    new Map(
      Object.entries(step[part] ?? {}).map(([name, path]) => [
        name,
        linkPath(path, pointerTo(pointer, part, name), findings),
      ]),
    );
  return {
    // How the other requests are linked does not depend on the method.
    request: { ...linkRequest({ ...request, method: 'POST' }, scope, [], `${pointer}/request`, findings), method },
    capture: paths('capture'),
    credentials: paths('credentials'),
    expiresAt: step.expiresAt === undefined ? null : linkPath(step.expiresAt, `${pointer}/expiresAt`, findings),
    lifeMs: step.lifeSeconds === undefined ? null : step.lifeSeconds * 1000,
  };
}
