/** Holds what a connector says of the operator's app against the rest of it. */
import type { AppDefinition, ConnectorDefinition, InboundWay } from '../definition/connector.ts';
import { appDefinition } from './app.ts';
import { checkMethod } from './check-auth.ts';
import { checkSettings, settingNames } from './check-shared.ts';
import { type Findings, pointerTo } from './findings.ts';
import type { SubscriptionRules } from './inbound.ts';
import { linkPath } from './link-template.ts';

/** The app's own parts. */
export function checkApp(definition: ConnectorDefinition, findings: Findings): void {
  const { app } = definition;
  if (app === undefined) return;
  checkNames(definition, app, findings);
  checkSettings(app.settings ?? {}, '/app/settings', findings);
  const whole = appDefinition(definition, app);
  checkMethod(app.auth, whole, settingNames(whole), '/app/auth', findings);
  for (const [index, { path }] of (app.errors ?? []).entries()) {
    if (path !== undefined) linkPath(path, pointerTo('/app/errors', index, 'path'), findings);
  }
}

/** Holds how webhooks are registered against whose they are, so that what is sent reaches whom it is for. */
export function checkOwner(
  { route, subscriptions }: InboundWay,
  rules: SubscriptionRules,
  { app }: ConnectorDefinition,
  pointer: string,
  findings: Findings,
): void {
  const at = `${pointer}/subscriptions`;
  const wrong = (message: string, help: string, where = at) =>
    findings.add({ code: 'inbound-contradiction', message, help, pointer: where });
  if (!rules.namesUrl && rules.target === null)
    wrong(
      'Nothing tells the vendor where to send.',
      'Use {callback.url} in register, or add target.',
      `${at}/register`,
    );
  const { limit = Number.POSITIVE_INFINITY } = subscriptions ?? {};
  if (rules.topics.length > limit)
    wrong(
      `These are ${rules.topics.length} registrations, and the vendor keeps ${limit}.`,
      'Ask for less.',
      `${at}/limit`,
    );
  if (rules.owner === 'account') return;
  if (app === undefined)
    wrong(
      'The webhooks belong to the app, and nothing says what the app is.',
      'Add app to the connector.',
      `${at}/owner`,
    );
  if (route === undefined)
    wrong(
      'One URL is for all accounts of the app, and nothing says whose an event is.',
      'Name the setting that equals its account as route.',
      `${at}/owner`,
    );
  const steps = [rules.register, rules.renew, rules.repair];
  if (rules.usesSecret || steps.some((step) => step !== null && step.credentials.size > 0))
    wrong(
      'The app has its secret in the configuration: it is not made here, nor told by the vendor.',
      'Leave out {callback.secret} and credentials.',
    );
}

/** An operator gives all of them by one map of names. */
function checkNames(definition: ConnectorDefinition, app: AppDefinition, findings: Findings): void {
  const taken = [...Object.keys(definition.settings), ...Object.keys(definition.credentials)];
  for (const part of ['settings', 'credentials'] as const) {
    for (const name of Object.keys(app[part] ?? {})) {
      if (!taken.includes(name)) {
        taken.push(name);
        continue;
      }
      const message = `"${name}" is declared already: the app has it without this.`;
      findings.addForName({ code: 'inbound-contradiction', message, pointer: pointerTo('/app', part, name) });
    }
  }
}
