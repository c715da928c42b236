/** One way to find changed or deleted records, with its requests and wheres compiled. */
import type { Detection as DetectionDefinition, RequestTemplate } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import type { Field, Fields } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import { checkCursor } from './check-cursor.ts';
import { checkGate } from './check-gate.ts';
import { checkGrowingId, checkToken } from './check-lifetime.ts';
import { checkPage } from './check-page.ts';
import { checkPlaced } from './check-placed.ts';
import type { CompiledRequest } from './compiled-request.ts';
import type {
  Detection,
  DetectionParts,
  FullListing,
  Gate,
  IdWalk,
  ListingProof,
  LogEntry,
  Parents,
  ReadOne,
} from './connector.ts';
import { type Findings, pointerTo } from './findings.ts';
import { findField, findTimeField } from './link-fields.ts';
import { linkQuery } from './link-query.ts';
import { linkPath, linkTemplate, linkTexts, type Scope } from './link-template.ts';
import { requestNames } from './render-request.ts';

/** What the detections of one object share. */
export interface DetectionContext {
  readonly fields: Fields;
  readonly selected: readonly string[];
  readonly dialect: Dialect | null;
  readonly settings: Scope;
  readonly occurredAt: Field | null;
  readonly read: ReadOne | null;
}

/** null when a part of it is missing; then the findings say which. */
export function linkDetection(
  definition: DetectionDefinition,
  context: DetectionContext,
  pointer: string,
  findings: Findings,
): Detection | null {
  const link = new DetectionLink(context, pointer, findings);
  const parts = link.parts(definition);
  const specific = link.specific(definition);
  return parts === null || specific === null ? null : ({ ...parts, ...specific } as Detection);
}

type Specific<T extends Detection = Detection> = T extends Detection ? Omit<T, keyof DetectionParts> : never;

class DetectionLink {
  constructor(
    private readonly context: DetectionContext,
    private readonly pointer: string,
    private readonly findings: Findings,
  ) {}

  /** What all strategies have. */
  parts(definition: DetectionDefinition): DetectionParts | null {
    const { context, pointer, findings } = this;
    const names = [...(definition.parents === undefined ? [] : ['parent']), ...ownNames(definition)];
    const request = this.request(definition.request, names, 'request');
    const records = linkPath(definition.records, `${pointer}/records`, findings);
    checkPage(definition.page, definition.request, `${pointer}/page`, findings);
    const timeField =
      'cursor' in definition
        ? findTimeField(definition.cursor.field, context.fields, `${pointer}/cursor/field`, findings)
        : context.occurredAt;
    const entry = this.entry(definition);
    if (definition.thin === true || (entry !== null && entry.record === null)) this.needsRead(entry ? 'entry' : 'thin');
    if (timeField === null) return null;
    return {
      request,
      records,
      page: definition.page,
      timeField,
      deletedWhen: this.deletedWhen(definition),
      deletedId: this.optionalPath(definition.deletedId, 'deletedId'),
      entry,
      parents: this.parents(definition),
      gate: this.gate(definition),
      thin: definition.thin ?? false,
      own: null,
      everySeconds: definition.everySeconds ?? 60,
      name: definition.name ?? '',
      further: [],
    };
  }

  /** What one strategy has beside. */
  specific(definition: DetectionDefinition): Specific | null {
    switch (definition.strategy) {
      case 'watermark': {
        const bounded = this.bounded(definition);
        const query = this.query(definition.where, 'where', definition, 'inclusive');
        const walk = definition.walk === undefined ? null : this.walk(definition.walk, definition);
        return query === null ? null : { strategy: 'watermark', ...bounded, query, walk };
      }
      case 'keyset': {
        const tie = findField(definition.tie, this.context.fields, `${this.pointer}/tie`, this.findings);
        const bounded = this.bounded(definition);
        const query = this.query(definition.where, 'where', definition, 'exclusive');
        const ties = tie && this.query(definition.ties, 'ties', definition, null, { after: tie });
        if (tie === null || query === null || ties === null) return null;
        return { strategy: 'keyset', ...bounded, query, ties, tie, size: definition.size };
      }
      case 'server-watermark':
        return this.serverWatermark(definition);
      case 'delta': {
        const { token } = definition;
        const since = definition.since === undefined ? null : this.request(definition.since, ['token'], 'since');
        const read = linkPath(token.read, `${this.pointer}/token/read`, this.findings);
        checkToken(definition, this.pointer, this.findings);
        const lifetimeMs = (token.lifetimeSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
        return { strategy: 'delta', since, token: { read, lifetimeMs } };
      }
      case 'since-id': {
        const { id } = definition;
        const field = findField(id.field, this.context.fields, `${this.pointer}/id/field`, this.findings);
        checkGrowingId(definition, this.pointer, this.findings);
        if (field === null) return null;
        return { strategy: 'since-id', growing: { field, first: id.first ?? '0', settleMs: id.settleSeconds * 1_000 } };
      }
      case 'newest-first': {
        checkCursor(definition, this.context, this.pointer, this.findings);
        return { strategy: 'newest-first', cursor: definition.cursor, extraPages: definition.extraPages ?? 1 };
      }
      case 'snapshot': {
        if (definition.confirm === true) this.needsRead('confirm');
        const { breaker, confirm = false } = definition;
        const total = this.optionalPath(definition.total, 'total');
        return { strategy: 'snapshot', total, breaker, confirm, proof: this.proof(definition) };
      }
    }
  }

  private serverWatermark(definition: Extract<DetectionDefinition, { strategy: 'server-watermark' }>): Specific {
    const { where, confirm = false, minWindowSeconds = 0 } = definition;
    if (confirm) this.needsRead('confirm');
    return {
      strategy: 'server-watermark',
      ...this.bounded(definition),
      query: where === undefined ? null : this.query(where, 'where', definition, 'inclusive'),
      covered: linkPath(definition.covered, `${this.pointer}/covered`, this.findings),
      minWindowMs: minWindowSeconds * 1_000,
      earliest: this.optionalPath(definition.earliest, 'earliest'),
      confirm,
    };
  }

  private bounded(definition: Extract<DetectionDefinition, { strategy: 'watermark' | 'keyset' | 'server-watermark' }>) {
    checkCursor(definition, this.context, this.pointer, this.findings);
    if (definition.where !== undefined) this.placed(definition, 'request');
    const maxWindowSeconds = 'maxWindowSeconds' in definition ? definition.maxWindowSeconds : undefined;
    return {
      cursor: definition.cursor,
      pushdown: definition.pushdown ?? true,
      total: this.optionalPath('total' in definition ? definition.total : undefined, 'total'),
      maxWindowMs: (maxWindowSeconds ?? Number.POSITIVE_INFINITY) * 1_000,
      retentionMs: (definition.retentionSeconds ?? Number.POSITIVE_INFINITY) * 1_000,
      full: definition.full === undefined ? null : this.listing(definition.full),
    };
  }

  private query(
    text: string,
    part: string,
    { cursor, pushdown = true }: { readonly cursor: { readonly field: string }; readonly pushdown?: boolean },
    bound: 'inclusive' | 'exclusive' | null,
    parameters: Readonly<Record<string, Field>> = {},
  ) {
    const { fields, dialect } = this.context;
    const context = { fields, dialect, field: cursor.field, pushdown, bound, parameters };
    return linkQuery(text, context, `${this.pointer}/${part}`, this.findings);
  }

  private placed(
    { request, pushdown = true }: { readonly request: RequestTemplate; readonly pushdown?: boolean | undefined },
    part: string,
  ): void {
    const { dialect } = this.context;
    if (dialect !== null) checkPlaced(request, { dialect, pushdown }, `${this.pointer}/${part}`, this.findings);
  }

  private walk(
    definition: NonNullable<Extract<DetectionDefinition, { strategy: 'watermark' }>['walk']>,
    detection: Extract<DetectionDefinition, { strategy: 'watermark' }>,
  ): IdWalk | null {
    const field = findField(definition.field, this.context.fields, `${this.pointer}/walk/field`, this.findings);
    const request = this.request(definition.request, ['parent', 'where'], 'walk/request');
    const query = field && this.query(definition.where, 'walk/where', detection, 'inclusive', { after: field });
    this.placed({ ...definition, pushdown: detection.pushdown }, 'walk/request');
    return field === null || query === null ? null : { request, query, field, size: definition.size };
  }

  private listing(
    definition: NonNullable<Extract<DetectionDefinition, { strategy: 'watermark' }>['full']>,
  ): FullListing {
    checkPage(definition.page, definition.request, `${this.pointer}/full/page`, this.findings);
    return {
      request: this.request(definition.request, ['parent'], 'full/request'),
      records: linkPath(definition.records, `${this.pointer}/full/records`, this.findings),
      total: this.optionalPath(definition.total, 'full/total'),
      page: definition.page,
    };
  }

  private proof({ proof }: Extract<DetectionDefinition, { strategy: 'snapshot' }>): ListingProof | null {
    if (proof === undefined) return null;
    return {
      request: this.request(proof.request, [], 'proof/request'),
      records: linkPath(proof.records, `${this.pointer}/proof/records`, this.findings),
      path: linkPath(proof.path, `${this.pointer}/proof/path`, this.findings),
      equals: proof.equals,
    };
  }

  private entry({ entry }: DetectionDefinition): LogEntry | null {
    if (entry === undefined) return null;
    return {
      objectId: linkPath(entry.objectId, `${this.pointer}/entry/objectId`, this.findings),
      action: this.optionalPath(entry.action, 'entry/action'),
      actions: new Map(Object.entries(entry.actions ?? {})),
      record: this.optionalPath(entry.record, 'entry/record'),
    };
  }

  private parents({ parents }: DetectionDefinition): Parents | null {
    if (parents === undefined) return null;
    checkPage(parents.page, parents.request, `${this.pointer}/parents/page`, this.findings);
    return {
      request: this.request(parents.request, [], 'parents/request'),
      records: linkPath(parents.records, `${this.pointer}/parents/records`, this.findings),
      page: parents.page,
      id: linkPath(parents.id, `${this.pointer}/parents/id`, this.findings),
    };
  }

  private gate(definition: DetectionDefinition): Gate | null {
    const { gate } = definition;
    if (gate === undefined) return null;
    checkGate(definition, this.pointer, this.findings);
    if (gate.kind === 'etag') return gate;
    const read = linkPath(gate.read, `${this.pointer}/gate/read`, this.findings);
    return { kind: 'probe', request: this.request(gate.request, [], 'gate/request'), read };
  }

  private deletedWhen({ deletedWhen }: DetectionDefinition) {
    if (deletedWhen === undefined) return null;
    const { where, diagnostics } = checkWhere(deletedWhen, this.context.fields);
    this.findings.addAll(diagnostics, `${this.pointer}/deletedWhen`);
    return where;
  }

  private request(definition: RequestTemplate, names: Scope, part: string): CompiledRequest {
    const { settings, selected } = this.context;
    const scope = [...settings, ...requestNames, ...names];
    return linkRequest(definition, scope, selected, `${this.pointer}/${part}`, this.findings);
  }

  private optionalPath(path: string | undefined, part: string) {
    return path === undefined ? null : linkPath(path, `${this.pointer}/${part}`, this.findings);
  }

  private needsRead(part: string): void {
    if (this.context.read !== null) return;
    this.findings.add({
      code: 'connector-read-missing',
      message: 'Records have to be read one by one here, and the object does not say how.',
      help: 'Add "read" to the object: the request for one record by its {id}.',
      pointer: pointerTo(this.pointer, part),
    });
  }
}

/** What the request of a strategy may name beside what all may. */
function ownNames(definition: DetectionDefinition): Scope {
  if (definition.strategy === 'since-id') return ['after'];
  return 'where' in definition && definition.where !== undefined ? ['where'] : [];
}

/** Compiles the texts of a request. @param fields the vendor's names that {fields} stands for. */
export function linkRequest(
  definition: RequestTemplate,
  scope: Scope,
  fields: readonly string[],
  pointer: string,
  findings: Findings,
): CompiledRequest {
  const { method, path, query, headers, body } = definition;
  return {
    method,
    path: linkTemplate(path, scope, `${pointer}/path`, findings),
    query: linkTexts(query, scope, `${pointer}/query`, findings),
    headers: linkTexts(headers, scope, `${pointer}/headers`, findings),
    body: body === undefined ? null : linkTemplate(body, scope, `${pointer}/body`, findings),
    fields,
  };
}
