/** Holds the parts that all requests share, the settings and the sandbox against what the connector declares. */
import type { ConnectorDefinition } from '../definition/connector.ts';
import { authNames, checkAuth } from './check-auth.ts';
import { checkSetting } from './check-setting.ts';
import { Findings, pointerTo } from './findings.ts';
import { linkPath, linkPattern, linkTemplate, linkTexts, type Scope } from './link-template.ts';
import { isSafeValue } from './object-values.ts';

/** The names of settings in templates. */
export function settingNames(definition: ConnectorDefinition): Scope {
  return Object.keys(definition.settings).map((name) => `settings.${name}`);
}

/** Everything of a definition outside its objects. */
export function checkShared(definition: ConnectorDefinition, findings: Findings): void {
  const settings = settingNames(definition);
  checkAuth(definition, settings, findings);
  checkSettings(definition.settings, '/settings', findings);
  checkTold(definition, findings);
  checkSandbox(definition, findings);
  const { http } = definition;
  // What all requests need must be there whichever way an instance authenticates.
  const [first = [], ...others] = definition.auth.map(authNames);
  const captured = first.filter((name) => others.every((names) => names.includes(name)));
  linkTemplate(http.baseUrl, [...settings, ...captured], '/http/baseUrl', findings);
  if (http.account !== undefined)
    linkTemplate(http.account, ['settings', ...settings, ...captured], '/http/account', findings);
  linkTexts(http.headers, settings, '/http/headers', findings);
  for (const [index, path] of (http.message ?? []).entries())
    linkPath(path, pointerTo('/http/message', index), findings);
  for (const [name, path] of Object.entries(http.quotaCost ?? {}))
    linkPath(path, pointerTo('/http/quotaCost', name), findings);
  for (const [index, { path }] of (http.errors ?? []).entries()) {
    if (path !== undefined) linkPath(path, pointerTo('/http/errors', index, 'path'), findings);
  }
}

/** Patterns compile, and defaults fit the settings they are for. */
export function checkSettings(settings: ConnectorDefinition['settings'], base: string, findings: Findings): void {
  for (const [name, setting] of Object.entries(settings)) {
    const pointer = pointerTo(base, name);
    for (const part of ['default', 'example'] as const) {
      const value = setting[part];
      const problem = value === undefined ? null : checkSetting(value, setting);
      if (problem !== null) findings.add({ code: 'setting-invalid', pointer: `${pointer}/${part}`, ...problem });
    }
    try {
      new RegExp(setting.pattern ?? '', 'u');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      findings.add({ code: 'connector-schema', message, pointer: `${pointer}/pattern` });
    }
  }
}

/** What the vendor tells stands in an answer that is asked for, and a default says that nobody has set it. */
function checkTold({ settings, http }: ConnectorDefinition, findings: Findings): void {
  for (const [name, { told, default: usual }] of Object.entries(settings)) {
    if (told === undefined) continue;
    const pointer = pointerTo('/settings', name, 'told');
    linkPath(told, pointer, findings);
    const lacking = http.verify === undefined ? 'http.verify' : usual === undefined ? 'a default' : null;
    if (lacking === null) continue;
    const message = `The setting "${name}" is told by the vendor, and there is not ${lacking}.`;
    findings.add({ code: 'setting-invalid', message, help: `Add ${lacking}, or take told away.`, pointer });
  }
}

/** The sandbox's settings, credentials and objects are those of an instance. */
function checkSandbox(
  { sandbox, settings, credentials, objects, anyObject }: ConnectorDefinition,
  findings: Findings,
): void {
  for (const [name, value] of Object.entries(sandbox?.settings ?? {})) {
    const pointer = pointerTo('/sandbox/settings', name);
    if (typeof value === 'string') linkTemplate(value, ['origin'], pointer, findings);
    if (Object.hasOwn(settings, name)) continue;
    findings.addForName({ code: 'setting-unknown', message: `The connector declares no setting "${name}".`, pointer });
  }
  for (const name of Object.keys(sandbox?.credentials ?? {})) {
    if (Object.hasOwn(credentials, name)) continue;
    findings.addForName({
      code: 'connector-credential-missing',
      message: `The connector declares no credential "${name}".`,
      pointer: pointerTo('/sandbox/credentials', name),
    });
  }
  // That of a pattern which is none is told where it stands.
  const pattern = anyObject === undefined ? null : linkPattern(anyObject.pattern, '', new Findings(null));
  for (const name of Object.keys(sandbox?.objects ?? {})) {
    if (Object.hasOwn(objects, name) || (pattern?.test(name) && isSafeValue(name))) continue;
    const pointer = pointerTo('/sandbox/objects', name);
    findings.addForName({ code: 'object-unknown', message: `The connector has no object "${name}".`, pointer });
  }
}
