/** How webhooks are registered at the vendor, renewed and removed: requests and what their answers tell. */
import type {
  ConnectorDefinition,
  InboundSubscriptions,
  SubscriptionList,
  SubscriptionRequest,
  SubscriptionStep,
} from '../definition/connector.ts';
import { checkCredential } from './check-auth.ts';
import type { Path } from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import type {
  SubscriptionListRule,
  SubscriptionRequestRule,
  SubscriptionRules,
  SubscriptionStepRule,
} from './inbound.ts';
import { linkRequest } from './link-detection.ts';
import { linkPath, linkTemplate, placeholdersOf, type Scope } from './link-template.ts';
import { checkPlaceholders } from './object-values.ts';

/** The names of templates beside `settings.*` and, after registering, `subscription.*`. */
const callbackNames = ['callback.url', 'callback.secret', 'callback.expiresAt'] as const;

export function linkSubscriptions(
  definition: InboundSubscriptions,
  { objects, anyObject, credentials }: Pick<ConnectorDefinition, 'objects' | 'anyObject' | 'credentials'>,
  settings: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRules {
  const { topics, topicsByName = [], list, prepare = [], register, renew, remove } = definition;
  for (const name of Object.keys(topics ?? {})) {
    if (Object.hasOwn(objects, name)) continue;
    const message = `The connector has no object "${name}".`;
    findings.addForName({ code: 'object-unknown', message, pointer: pointerTo(pointer, 'topics', name) });
  }
  checkPlaceholders(topicsByName, ['name'], `${pointer}/topicsByName`, findings);
  if (topicsByName.length > 0 && anyObject === undefined) {
    const message = 'The connector has no objects by name.';
    const help = 'Add anyObject to it, or leave this out.';
    findings.add({ code: 'inbound-contradiction', message, help, pointer: `${pointer}/topicsByName` });
  }
  const coversAll = topics === undefined && topicsByName.length === 0;
  const topicNames = coversAll ? [] : ['topic'];
  const scope = [...settings, ...callbackNames, ...topicNames];
  const captured = Object.keys(register.capture ?? {});
  const later = [...scope, ...namesOf([register])];
  const link = (step: SubscriptionStep, names: Scope, name: string) =>
    linkStep(step, credentials, names, `${pointer}/${name}`, findings);
  const steps = {
    prepare: prepare.map((step, index) =>
      link(step, [...scope, ...namesOf(prepare.slice(0, index))], `prepare/${index}`),
    ),
    register: link(register, [...scope, ...namesOf(prepare)], 'register'),
    renew: renew === undefined ? null : link(renew, later, 'renew'),
    remove: remove === undefined ? null : link(remove, later, 'remove'),
  };
  return {
    topics: coversAll
      ? [{ object: null, topic: null }]
      : Object.entries(topics ?? {}).flatMap(([object, words]) => words.map((topic) => ({ object, topic }))),
    topicsByName,
    list:
      list === undefined
        ? null
        : linkList(list, captured, [...settings, 'callback.url', ...topicNames], `${pointer}/list`, findings),
    ...steps,
    usesSecret: [steps.register, steps.renew].some(
      (step) => step !== null && placeholdersOf(step.request).includes('callback.secret'),
    ),
    renewBeforeMs: (definition.renewBeforeSeconds ?? 3600) * 1000,
  };
}

/** The names under which templates find what the steps capture. */
function namesOf(steps: readonly SubscriptionStep[]): readonly string[] {
  return steps.flatMap(({ capture = {} }) => Object.keys(capture).map((name) => `subscription.${name}`));
}

function linkStep(
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

function linkList(
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
    items: linkPath(list.items, `${pointer}/items`, findings),
    match: Object.entries(list.match).map(([path, value]) => {
      const at = pointerTo(`${pointer}/match`, path);
      return { path: linkPath(path, at, findings), value: linkTemplate(value, scope, at, findings) };
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
