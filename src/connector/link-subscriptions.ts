/** How webhooks are registered at the vendor, renewed and removed: requests and what their answers tell. */
import type {
  ConnectorDefinition,
  InboundSubscriptions,
  SubscriptionStep,
  SubscriptionTarget,
} from '../definition/connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { SubscriptionRules, SubscriptionStepRule, SubscriptionTopic } from './inbound.ts';
import { selectedFields } from './link-fields.ts';
import { linkList, linkStep } from './link-subscription-step.ts';
import { placeholdersOf, type Scope } from './link-template.ts';
import { checkPlaceholders } from './object-values.ts';

/** The names of templates beside `settings.*` and, after registering, `subscription.*`. */
const callbackNames = ['callback.url', 'callback.secret', 'callback.expiresAt'] as const;

type Declared = Pick<ConnectorDefinition, 'objects' | 'anyObject' | 'credentials'>;

/** @param settings the names of settings that whoever owns the webhooks has. */
export function linkSubscriptions(
  definition: InboundSubscriptions,
  declared: Declared,
  settings: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRules {
  const { fieldTopics, topicsByName = [], list, prepare = [], register, renew, repair, remove, target } = definition;
  const linkedTopics = linkTopics(definition, declared, pointer, findings);
  checkPlaceholders(topicsByName, ['name'], `${pointer}/topicsByName`, findings);
  if (topicsByName.length > 0 && declared.anyObject === undefined) {
    const message = 'The connector has no objects by name.';
    const help = 'Add anyObject to it, or leave this out.';
    findings.add({ code: 'inbound-contradiction', message, help, pointer: `${pointer}/topicsByName` });
  }
  const topicNames = [...(coversAll(definition) ? [] : ['topic']), ...(fieldTopics === undefined ? [] : ['field'])];
  const scope = [...settings, ...callbackNames, ...topicNames];
  const captured = Object.keys(register.capture ?? {});
  const later = [...scope, ...namesOf([register])];
  const link = (step: SubscriptionStep, names: Scope, name: string) =>
    linkStep(step, declared.credentials, names, `${pointer}/${name}`, findings);
  const linkLater = (step: SubscriptionStep | undefined, name: string) =>
    step === undefined ? null : link(step, later, name);
  const steps = {
    prepare: prepare.map((step, index) =>
      link(step, [...scope, ...namesOf(prepare.slice(0, index))], `prepare/${index}`),
    ),
    register: link(register, [...scope, ...namesOf(prepare)], 'register'),
    renew: linkLater(renew, 'renew'),
    repair: linkLater(repair, 'repair'),
    remove: linkLater(remove, 'remove'),
  };
  checkRepair(definition, pointer, findings);
  return {
    owner: definition.owner ?? 'account',
    topics: linkedTopics,
    topicsByName,
    target:
      target === undefined ? null : linkTarget(target, definition, declared, settings, `${pointer}/target`, findings),
    list:
      list === undefined
        ? null
        : linkList(list, captured, [...settings, 'callback.url', ...topicNames], `${pointer}/list`, findings),
    ...steps,
    usesSecret: uses('callback.secret', steps.register, steps.renew),
    namesUrl: uses('callback.url', steps.register),
    renewBeforeMs: (definition.renewBeforeSeconds ?? 3600) * 1000,
  };
}

/** The one registration that says where all others are sent to. */
function linkTarget(
  { list, register, remove }: SubscriptionTarget,
  { owner = 'account' }: InboundSubscriptions,
  { credentials }: Declared,
  settings: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRules {
  const scope = [...settings, 'callback.url'];
  const captured = Object.keys(register.capture ?? {});
  return {
    owner,
    topics: [{ object: null, topic: null, field: null }],
    topicsByName: [],
    target: null,
    list: linkList(list, captured, scope, `${pointer}/list`, findings),
    prepare: [],
    register: linkStep(register, credentials, scope, `${pointer}/register`, findings),
    renew: null,
    repair: null,
    remove:
      remove === undefined
        ? null
        : linkStep(remove, credentials, [...scope, ...namesOf([register])], `${pointer}/remove`, findings),
    usesSecret: false,
    namesUrl: true,
    renewBeforeMs: 0,
  };
}

/** One registration is for everything. */
const coversAll = ({ topics, topicsByName, fieldTopics }: InboundSubscriptions): boolean =>
  topics === undefined && topicsByName === undefined && fieldTopics === undefined;

function linkTopics(
  subscriptions: InboundSubscriptions,
  { objects }: Declared,
  pointer: string,
  findings: Findings,
): readonly SubscriptionTopic[] {
  const { topics, fieldTopics } = subscriptions;
  const except = fieldTopics?.except ?? [];
  if (coversAll(subscriptions)) return [{ object: null, topic: null, field: null }];
  checkObjects(Object.keys(topics ?? {}), objects, `${pointer}/topics`, findings);
  checkObjects(Object.keys(fieldTopics?.topics ?? {}), objects, `${pointer}/fieldTopics/topics`, findings);
  const plain = Object.entries(topics ?? {}).flatMap(([object, words]) =>
    words.map((topic) => ({ object, topic, field: null })),
  );
  const byField = Object.entries(fieldTopics?.topics ?? {}).flatMap(([object, topic]) =>
    selectedFields(objects[object]?.fields ?? {}).map((field) => ({ object, topic, field })),
  );
  for (const [index, name] of except.entries()) {
    if (byField.some(({ field }) => field === name)) continue;
    const message = `None of the objects is asked for a field "${name}".`;
    const at = pointerTo(pointer, 'fieldTopics', 'except', index);
    findings.add({ code: 'inbound-contradiction', message, help: 'Take it out.', pointer: at });
  }
  return [...plain, ...byField.filter(({ field }) => !except.some((name) => name === field))];
}

function checkObjects(
  names: readonly string[],
  objects: ConnectorDefinition['objects'],
  pointer: string,
  findings: Findings,
): void {
  for (const name of names.filter((one) => !Object.hasOwn(objects, one))) {
    const message = `The connector has no object "${name}".`;
    findings.addForName({ code: 'object-unknown', message, pointer: pointerTo(pointer, name) });
  }
}

/** What is expected can be put right, and what is put right is expected. */
function checkRepair({ list, repair }: InboundSubscriptions, pointer: string, findings: Findings): void {
  const isExpected = list?.expect !== undefined;
  if (isExpected === (repair !== undefined)) return;
  const message = isExpected ? 'Nothing says how what is expected is put right.' : 'Nothing says when this is sent.';
  const help = isExpected ? 'Add repair.' : 'Say in the list what is expected.';
  findings.add({
    code: 'inbound-contradiction',
    message,
    help,
    pointer: `${pointer}/${isExpected ? 'list/expect' : 'repair'}`,
  });
}

/** The names under which templates find what the steps capture. */
function namesOf(steps: readonly SubscriptionStep[]): readonly string[] {
  return steps.flatMap(({ capture = {} }) => Object.keys(capture).map((name) => `subscription.${name}`));
}

const uses = (name: string, ...steps: readonly (SubscriptionStepRule | null)[]): boolean =>
  steps.some((step) => step !== null && placeholdersOf(step.request).includes(name));
