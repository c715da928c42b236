/** The single requests about webhooks that are registered, linked: what they ask, and what their answers tell. */
import type {
  ConnectorDefinition,
  SubscriptionList,
  SubscriptionRequest,
  SubscriptionStep,
} from '../definition/connector.ts';
import type { Path } from '../template/path.ts';
import { checkCredential } from './check-auth.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { SubscriptionListRule, SubscriptionRequestRule, SubscriptionStepRule } from './inbound.ts';
import { linkRequest } from './link-detection.ts';
import { linkPath, linkTemplate, type Scope } from './link-template.ts';

export function linkStep(
  step: SubscriptionStep,
  credentials: ConnectorDefinition['credentials'],
  scope: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionStepRule {
  for (const name of Object.keys(step.credentials ?? {}))
    checkCredential(name, { credentials }, pointerTo(pointer, 'credentials', name), findings);
  return {
    request: linkAny(step.request, scope, `${pointer}/request`, findings),
    capture: linkPaths(step.capture, `${pointer}/capture`, findings),
    credentials: linkPaths(step.credentials, `${pointer}/credentials`, findings),
    expiresAt: step.expiresAt === undefined ? null : linkPath(step.expiresAt, `${pointer}/expiresAt`, findings),
    lifeMs: step.lifeSeconds === undefined ? null : step.lifeSeconds * 1000,
  };
}

/** @param captured the names that registering captures, which the list must give too. */
export function linkList(
  list: SubscriptionList,
  captured: readonly string[],
  scope: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionListRule {
  for (const name of captured.filter((one) => !Object.hasOwn(list.capture ?? {}, one))) {
    const message = `What is found in the list lacks "${name}", which registering captures.`;
    const help = 'Add it to the capture of the list: later requests need it.';
    findings.add({ code: 'inbound-contradiction', message, help, pointer });
  }
  return {
    request: linkAny(list.request, scope, `${pointer}/request`, findings),
    items: list.items === undefined ? null : linkPath(list.items, `${pointer}/items`, findings),
    match: Object.entries(list.match).map(([path, value]) => {
      const at = pointerTo(`${pointer}/match`, path);
      return { path: linkPath(path, at, findings), value: linkTemplate(value, scope, at, findings) };
    }),
    expect: Object.entries(list.expect ?? {}).map(([path, value]) => {
      return { path: linkPath(path, pointerTo(`${pointer}/expect`, path), findings), value };
    }),
    capture: linkPaths(list.capture, `${pointer}/capture`, findings),
    expiresAt: list.expiresAt === undefined ? null : linkPath(list.expiresAt, `${pointer}/expiresAt`, findings),
  };
}

/** How the other requests are linked does not depend on the method. */
function linkAny(
  { method, ...request }: SubscriptionRequest,
  scope: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRequestRule {
  return { ...linkRequest({ ...request, method: 'POST' }, scope, [], pointer, findings), method };
}

function linkPaths(
  paths: Readonly<Record<string, string>> | undefined,
  pointer: string,
  findings: Findings,
): ReadonlyMap<string, Path> {
  const linked = Object.entries(paths ?? {}).map(
    ([name, path]) => [name, linkPath(path, pointerTo(pointer, name), findings)] as const,
  );
  return new Map(linked);
}
