/** The vendor's own webhooks, linked: what would let a stranger in, or an event go astray, is refused at load. */
import type { ConnectorDefinition, InboundWay as InboundWayDefinition } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { AnyObject } from './any-object-names.ts';
import { appDefinition } from './app.ts';
import { checkOwner } from './check-app.ts';
import { settingNames } from './check-shared.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { EventRule, InboundWay, SubscriptionRules } from './inbound.ts';
import { linkCovers } from './link-covers.ts';
import { linkEvents } from './link-events.ts';
import { linkHandshakes } from './link-handshake.ts';
import { linkProof, linkTimestamp } from './link-proof.ts';
import { linkSubscriptions } from './link-subscriptions.ts';
import type { Scope } from './link-template.ts';

/** By name. A way that has something wrong is left out; then the findings say what. */
export function linkInbound(
  definition: ConnectorDefinition,
  anyObject: AnyObject | null,
  settings: Scope,
  findings: Findings,
): ReadonlyMap<string, InboundWay> {
  const ways = new Map<string, InboundWay>();
  for (const [index, way] of (definition.inbound ?? []).entries()) {
    const pointer = pointerTo('/inbound', index);
    if (ways.has(way.name)) {
      const message = `Another way is called "${way.name}".`;
      const help = 'The name is a part of the URL: give each its own.';
      findings.add({ code: 'inbound-contradiction', message, help, pointer: `${pointer}/name` });
    }
    const linked = linkWay(way, definition, anyObject, settings, pointer, findings);
    if (linked !== null) ways.set(way.name, linked);
  }
  return ways;
}

function linkWay(
  way: InboundWayDefinition,
  definition: ConnectorDefinition,
  anyObject: AnyObject | null,
  settings: Scope,
  pointer: string,
  findings: Findings,
): InboundWay | null {
  const context = { credentials: definition.credentials, settings };
  const auth = linkProof(way, context, pointer, findings);
  const timestamp = linkTimestamp(way, auth, pointer, findings);
  const covers = linkCovers(way, auth, timestamp, pointer, findings);
  const isAnyRead = definition.anyObject?.object.read !== undefined;
  const told = { objects: definition.objects, anyObject, isAnyRead };
  const events = way.events
    .map((reader, index) => linkEvents(reader, told, covers, pointerTo(pointer, 'events', index), findings))
    .filter((rule): rule is EventRule => rule !== null);
  checkRoute(way, definition, pointer, findings);
  if (way.formField !== undefined && way.format !== 'form') {
    const message = 'Only a form has fields.';
    findings.add({
      code: 'inbound-contradiction',
      message,
      help: 'Set "format": "form".',
      pointer: `${pointer}/formField`,
    });
  }
  const handshakes = linkHandshakes(way.handshake ?? [], way.auth, context, `${pointer}/handshake`, findings);
  const subscriptions = linkOwned(way, definition, settings, pointer, findings);
  if (subscriptions?.usesSecret && !('key' in way.auth)) {
    const message = 'The vendor is given a secret, and nothing is verified by it.';
    const help = 'Use {callback.secret} with an auth that has a key.';
    findings.add({ code: 'inbound-contradiction', message, help, pointer: `${pointer}/subscriptions` });
  }
  if (auth === null) return null;
  const { status = 200, contentType = null, body = '' } = way.ack ?? {};
  return {
    name: way.name,
    methods: way.methods ?? ['POST'],
    auth,
    timestamp,
    covers,
    maxBytes: way.maxBytes ?? 1_048_576,
    format: way.format ?? 'json',
    formField: way.formField ?? null,
    handshakes,
    events,
    route: way.route ?? null,
    ack: { status, contentType, body },
    onInvalid: way.onInvalid ?? 401,
    subscriptions,
  };
}

/** How its webhooks are registered, by whoever owns them; null where they are not. */
function linkOwned(
  way: InboundWayDefinition,
  definition: ConnectorDefinition,
  settings: Scope,
  pointer: string,
  findings: Findings,
): SubscriptionRules | null {
  if (way.subscriptions === undefined) return null;
  const { app } = definition;
  const isOfApp = way.subscriptions.owner === 'app' && app !== undefined;
  const scope = isOfApp ? settingNames(appDefinition(definition, app)) : settings;
  const rules = linkSubscriptions(way.subscriptions, definition, scope, `${pointer}/subscriptions`, findings);
  checkOwner(way, rules, definition, pointer, findings);
  return rules;
}

function checkRoute(
  { route, events }: InboundWayDefinition,
  { settings }: ConnectorDefinition,
  pointer: string,
  findings: Findings,
): void {
  if (route !== undefined && !Object.hasOwn(settings, route)) {
    const close = nearestName(route, Object.keys(settings));
    findings.add({
      code: 'setting-unknown',
      message: `The connector declares no setting "${route}".`,
      help: close === null ? 'Declare it under settings.' : `Did you mean "${close}"?`,
      pointer: `${pointer}/route`,
    });
  }
  for (const [index, { account }] of events.entries()) {
    const at = pointerTo(pointer, 'events', index);
    if (route !== undefined && account === undefined) {
      const message = `Nothing says which ${route} an event belongs to, so it would go to nobody.`;
      findings.add({ code: 'inbound-contradiction', message, help: 'Add account to the reader.', pointer: at });
    }
    if (route === undefined && account !== undefined) {
      findings.add({
        code: 'inbound-contradiction',
        message: 'The account is read, and nothing is routed by it: events of another account would be taken.',
        help: 'Name the setting that equals it as route.',
        pointer: `${at}/account`,
      });
    }
  }
}
