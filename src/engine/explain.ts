/** Shows the request that a where becomes, and why, without sending it. */
import type { Connector } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { queryOf } from '../connector/narrow.ts';
import { type RenderedRequest, renderRequest } from '../connector/render-request.ts';
import { unknownConnector, unknownObject } from '../connector/unknown-name.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { explainQuery } from '../dialect/explain.ts';
import { compileTexts, renderTexts } from '../http/headers.ts';
import { requestUrl } from '../http/request-url.ts';
import { compileTemplate } from '../template/compile.ts';
import type { Bindings, FieldType, ParameterValue, Where } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import { parseInstant } from '../where/instant.ts';
import type { ExplainInput, Explanation, Outcome } from './api.ts';

/** The parameters that a poll binds; others take the type of what they are given as. */
const windowParameters = ['since', 'until'];

/**
 * Explains a where of an object; without one, the object's own change query. Parameters that are given are put in
 * before the where is split, so that what depends on their value is said exactly. What only an account knows takes an
 * instance: see `explain-for.ts`.
 */
export function explain(
  input: ExplainInput,
  connectors: ReadonlyMap<string, Connector>,
  nowMs: number,
): Outcome<Explanation> {
  const connector = connectors.get(input.connector);
  if (connector === undefined) {
    const diagnostic = { ...unknownConnector(input.connector, connectors), pointer: '/connector' };
    return { ok: false, diagnostics: [diagnostic] };
  }
  const object = connector.objects.get(input.object);
  if (object === undefined) {
    return { ok: false, diagnostics: [{ ...unknownObject(input.object, connector), pointer: '/object' }] };
  }
  const { settings, diagnostics: instanceDiagnostics } = checkInstance(connector, {
    settings: { ...exampleSettings(connector), ...input.settings },
  });
  const { parameters, types, diagnostics: parameterDiagnostics } = readParameters(input.parameters ?? {});
  const query = queryOf(object.changes);
  const text = input.where ?? query?.where.text;
  if (text === undefined) {
    const request = renderRequest(object.changes.request, { settings });
    return explained(
      [request],
      { predicates: [], residual: null },
      { connector, settings, diagnostics: instanceDiagnostics },
    );
  }
  const checked = checkWhere(text, object.fields, { parameters: types, windowParameters: true });
  const diagnostics = [
    // No request is sent, so credentials are not asked for.
    ...instanceDiagnostics.filter(({ code }) => code !== 'credentials-missing'),
    ...parameterDiagnostics,
    ...checked.diagnostics.map((diagnostic) => ({ ...diagnostic, pointer: '/where' })),
  ];
  if (checked.where === null || !isUsable(diagnostics)) return { ok: false, diagnostics };

  const bindings: Bindings = { parameters, nowMs };
  const values = { settings, ...windowValues(parameters) };
  if (query === null) {
    const request = renderRequest(object.changes.request, values);
    return explained([request], unfiltered(checked.where), { connector, settings, diagnostics });
  }
  const { predicates, residual, natives } = explainQuery(checked.where, connector.dialect, bindings);
  const requests = natives.map((native) => renderRequest(object.changes.request, { ...values, native }));
  return explained(requests, { predicates, residual }, { connector, settings, diagnostics });
}

/** Of an object that is asked for all that is new since a place in the vendor's stream: there is no filter to push to. */
function unfiltered({ text }: Where): Pick<Explanation, 'predicates' | 'residual'> {
  const reason = 'the vendor is asked for all that is new and takes no filter there';
  return { predicates: [{ text, pushed: 'no', reason }], residual: text };
}

function explained(
  requests: readonly RenderedRequest[],
  why: Pick<Explanation, 'predicates' | 'residual'>,
  {
    connector,
    settings,
    diagnostics,
  }: {
    readonly connector: Connector;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly diagnostics: readonly Diagnostic[];
  },
): Outcome<Explanation> {
  const [first] = requests.map((request) => shownRequest(request, connector, settings));
  if (first === undefined) throw new Error('a query without a request');
  return { ok: true, value: { request: first, requests, ...why }, diagnostics };
}

/** Stand-ins for settings that every instance must bring. */
function exampleSettings({ definition }: Connector): Record<string, string | number | boolean> {
  const examples = Object.entries(definition.settings).flatMap(([name, { default: fallback, example }]) =>
    fallback === undefined && example !== undefined ? [[name, example] as const] : [],
  );
  return Object.fromEntries(examples);
}

function windowValues(parameters: Readonly<Record<string, ParameterValue>>): { sinceMs?: number; untilMs?: number } {
  const { since, until } = parameters;
  return {
    ...(typeof since === 'number' && { sinceMs: since }),
    ...(typeof until === 'number' && { untilMs: until }),
  };
}

/** Timestamps come as text; what reads as one is taken for one. */
function readParameters(given: Readonly<Record<string, ParameterValue>>): {
  parameters: Record<string, ParameterValue>;
  types: Map<string, FieldType>;
  diagnostics: readonly Diagnostic[];
} {
  const parameters: Record<string, ParameterValue> = {};
  const types = new Map<string, FieldType>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, value] of Object.entries(given)) {
    const instant = typeof value === 'string' ? parseInstant(value, 'UTC') : null;
    parameters[name] = instant ?? value;
    if (!windowParameters.includes(name)) types.set(name, instant === null ? typeOf(value) : 'timestamp');
    else if (instant === null) diagnostics.push(notATime(name, value));
  }
  return { parameters, types, diagnostics };
}

function typeOf(value: ParameterValue): FieldType {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}

function notATime(name: string, value: ParameterValue): Diagnostic {
  return {
    code: 'where-wrong-type',
    severity: 'error',
    message: `The parameter :${name} is a time, and ${JSON.stringify(value)} is none.`,
    help: 'Write it as 2026-01-01T00:00:00Z.',
    pointer: `/parameters/${name}`,
  };
}

/** A request as it would go out. What only a login tells is shown as the connector's example of it. */
function shownRequest(
  request: RenderedRequest,
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
): Explanation['request'] {
  const { http } = connector.definition;
  const values = { settings, auth: http.authExamples ?? {} };
  const baseUrl = compileTemplate(http.baseUrl).template.renderText(values);
  const shared = renderTexts(compileTexts(http.headers), values);
  return {
    method: request.method,
    url: requestUrl(baseUrl, request).href,
    headers: { ...shared, ...request.headers },
    body: request.body ?? null,
  };
}
