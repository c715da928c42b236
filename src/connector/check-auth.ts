/** Holds the ways to authenticate against the settings and credentials that a connector declares. */
import type { AuthMethod, ConnectorDefinition, TokenAuth, TokenRequest } from '../definition/connector.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { type Findings, pointerTo } from './findings.ts';
import { linkPath, linkTemplate, linkTexts, type Scope } from './link-template.ts';

/** The names under which a way to authenticate offers what it captured. */
export function authNames(method: AuthMethod): Scope {
  if (method.kind !== 'token') return [];
  return ['auth.accessToken', ...Object.keys(method.capture ?? {}).map((name) => `auth.${name}`)];
}

/** Reports undeclared credentials, and templates and paths that cannot be filled or read. */
export function checkAuth(definition: ConnectorDefinition, settings: Scope, findings: Findings): void {
  for (const [index, method] of definition.auth.entries())
    checkMethod(method, definition, settings, pointerTo('/auth', index), findings);
}

/** @param declared the credentials there are. */
export function checkMethod(
  method: AuthMethod,
  declared: Pick<ConnectorDefinition, 'credentials'>,
  settings: Scope,
  pointer: string,
  findings: Findings,
): void {
  for (const [at, name] of method.requires.entries()) {
    checkCredential(name, declared, pointerTo(pointer, 'requires', at), findings);
  }
  const scope = [...settings, ...method.requires.map((name) => `credentials.${name}`)];
  if (method.kind === 'header') linkTexts(method.headers, scope, `${pointer}/headers`, findings);
  if (method.kind === 'query') linkTexts(method.query, scope, `${pointer}/query`, findings);
  if (method.kind === 'basic') {
    linkTemplate(method.username, scope, `${pointer}/username`, findings);
    linkTemplate(method.password, scope, `${pointer}/password`, findings);
  }
  if (method.kind === 'token') checkToken(method, scope, declared, pointer, findings);
}

function checkToken(
  { token, capture, authorize, ...method }: TokenAuth,
  scope: Scope,
  definition: Pick<ConnectorDefinition, 'credentials'>,
  pointer: string,
  findings: Findings,
): void {
  checkRequest(token, scope, definition, `${pointer}/token`, findings);
  if (authorize !== undefined) {
    const at = `${pointer}/authorize`;
    linkTemplate(authorize.url, scope, `${at}/url`, findings);
    linkTexts(authorize.params, scope, `${at}/params`, findings);
    if (authorize.signature) linkTemplate(authorize.signature.key, scope, `${at}/signature/key`, findings);
    checkRequest(
      authorize.exchange,
      [...scope, 'code', 'redirectUri', 'codeVerifier'],
      definition,
      `${at}/exchange`,
      findings,
    );
    for (const [name, path] of Object.entries(authorize.tells ?? {})) {
      linkTemplate(`{settings.${name}}`, scope, pointerTo(at, 'tells', name), findings);
      linkPath(path, pointerTo(at, 'tells', name), findings);
    }
    for (const [name, target] of Object.entries(authorize.keep ?? {})) {
      if (target.startsWith('credentials.'))
        checkCredential(target.slice('credentials.'.length), definition, pointerTo(at, 'keep', name), findings);
      // As a template, so that an undeclared setting is reported as anywhere.
      else linkTemplate(`{${target}}`, scope, pointerTo(at, 'keep', name), findings);
    }
  }
  for (const [name, path] of Object.entries(capture ?? {}))
    linkPath(path, pointerTo(pointer, 'capture', name), findings);
  linkTexts(
    method.headers,
    [...scope, ...authNames({ ...method, token, ...(capture && { capture }) })],
    `${pointer}/headers`,
    findings,
  );
}

function checkRequest(
  token: TokenRequest,
  bare: Scope,
  definition: Pick<ConnectorDefinition, 'credentials'>,
  at: string,
  findings: Findings,
): void {
  const { assertion } = token;
  const scope = assertion === undefined ? bare : [...bare, 'assertion'];
  if (assertion !== undefined) {
    linkTemplate(assertion.key, bare, `${at}/assertion/key`, findings);
    linkTexts(assertion.claims, bare, `${at}/assertion/claims`, findings);
  }
  linkTemplate(token.url, scope, `${at}/url`, findings);
  for (const part of ['form', 'json', 'headers'] as const) linkTexts(token[part], scope, `${at}/${part}`, findings);
  for (const [index, text] of (token.basic ?? []).entries())
    linkTemplate(text, scope, `${at}/basic/${index}`, findings);
  for (const part of ['accessToken', 'expiresIn'] as const) {
    const path = token[part];
    if (typeof path === 'string') linkPath(path, `${at}/${part}`, findings);
  }
  for (const [name, path] of Object.entries(token.rotates ?? {})) {
    checkCredential(name, definition, pointerTo(at, 'rotates', name), findings);
    linkPath(path, pointerTo(at, 'rotates', name), findings);
  }
}

/** Reports a credential that the connector does not declare. */
export function checkCredential(
  name: string,
  { credentials }: { readonly credentials: Readonly<Record<string, unknown>> },
  pointer: string,
  findings: Findings,
): void {
  if (Object.hasOwn(credentials, name)) return;
  const close = nearestName(name, Object.keys(credentials));
  findings.add({
    code: 'connector-credential-missing',
    message: `The connector declares no credential "${name}".`,
    help: close === null ? 'Declare it under credentials.' : `Did you mean "${close}"?`,
    pointer,
  });
}
