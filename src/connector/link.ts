/** A definition becomes a connector in which every where, mapping and template is compiled. Pure. */
import type { ConnectorDefinition } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import { resolveDialect } from '../dialect/resolve.ts';
import { linkAnyObject } from './any-object.ts';
import { checkApp } from './check-app.ts';
import { checkShared, settingNames } from './check-shared.ts';
import type { Connector, ConnectorObject } from './connector.ts';
import { Findings, pointerTo } from './findings.ts';
import { describingOf, linkDescribeRules } from './link-describe.ts';
import { linkRequest } from './link-detection.ts';
import { linkInbound } from './link-inbound.ts';
import { linkObject } from './link-object.ts';
import type { JsonSchema } from './package-files.ts';
import type { Source } from './source.ts';
import type { SchemaCheck } from './validate.ts';

export interface LinkContext {
  readonly dialects: ReadonlyMap<string, Dialect>;
  /** The common resources by name. */
  readonly resources: ReadonlyMap<string, JsonSchema>;
  /** Holds a value against schemas/connector.schema.json. */
  readonly checkDefinition: SchemaCheck;
  /** Holds a value against schemas/dialect.schema.json: a dialect with overrides is as good as one from a file. */
  readonly checkDialectShape: SchemaCheck;
  /** Gives diagnostics their places. */
  readonly source?: Source;
}

export interface LinkedConnector {
  /** null when something keeps it from being used. */
  readonly connector: Connector | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Links a definition, or says what is wrong with it: everything at once, not the first thing only. Never throws. */
export function linkConnector(value: unknown, context: LinkContext): LinkedConnector {
  const wrongShape = context.checkDefinition(value, context.source);
  if (wrongShape.length > 0) return { connector: null, diagnostics: wrongShape };
  const definition = value as ConnectorDefinition;
  const findings = new Findings(context.source ?? null);
  const settings = settingNames(definition);
  checkShared(definition, findings);
  checkApp(definition, findings);
  const { verify } = definition.http;
  if (verify === undefined) tellUnverified(findings);
  const verifyRequest = verify === undefined ? null : linkRequest(verify, settings, [], '/http/verify', findings);
  const dialect = linkDialect(definition, context, findings);
  const objects = new Map<string, ConnectorObject>();
  const describe = definition.describe === undefined ? null : linkDescribeRules(definition.describe, findings);
  const describing = describingOf(definition, describe);
  const objectContext = { dialect, settings, describing, resources: context.resources };
  for (const [name, object] of Object.entries(definition.objects)) {
    const linked = linkObject(name, object, objectContext, pointerTo('/objects', name), findings);
    if (linked !== null) objects.set(name, linked);
  }
  const anyObject =
    definition.anyObject === undefined ? null : linkAnyObject(definition.anyObject, objectContext, findings);
  const inbound = linkInbound(definition, anyObject, settings, findings);
  const { diagnostics } = findings;
  if (dialect === null || !isUsable(diagnostics)) return { connector: null, diagnostics };
  return {
    connector: {
      key: definition.key,
      definition,
      dialect,
      verify: verifyRequest,
      objects,
      describe,
      anyObject,
      inbound,
    },
    diagnostics,
  };
}

function linkDialect(
  { dialect }: ConnectorDefinition,
  { dialects, checkDialectShape }: LinkContext,
  findings: Findings,
): Dialect | null {
  const name = typeof dialect === 'string' ? dialect : dialect.extends;
  const pointer = typeof dialect === 'string' ? '/dialect' : '/dialect/extends';
  const base = dialects.get(name);
  if (base === undefined) {
    const close = nearestName(name, dialects.keys());
    const help = close === null ? `Dialects are ${[...dialects.keys()].join(', ')}.` : `Did you mean "${close}"?`;
    findings.add({ code: 'dialect-unknown', message: `No dialect is called "${name}".`, help, pointer });
    return null;
  }
  if (typeof dialect === 'string') return base;
  const resolved = resolveDialect(base, dialect);
  const misshapen = resolved.dialect === null ? [] : checkDialectShape(resolved.dialect);
  findings.addAll([...resolved.diagnostics, ...misshapen], '/dialect');
  return misshapen.length > 0 ? null : resolved.dialect;
}

function tellUnverified(findings: Findings): void {
  findings.add({
    code: 'connector-unverified',
    severity: 'hint',
    message: 'Nothing proves the credentials before the first poll, and the vendor’s clock is not known to it.',
    help: 'Add verify: a cheap GET that any account may send.',
    pointer: '/http',
  });
}
