/**
 * A connector linked for use: every where parsed and checked, every query compiled, every mapping and template
 * compiled. Made once at load by `link.ts`; nothing here reads a file or parses a text.
 */
import type { AuthMethod, ConnectorDefinition, CursorTraps, PageDefinition } from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Template } from '../template/template.ts';
import type { Field, Fields } from '../where/ast.ts';
import type { InboundWay, ObjectReadRule } from './inbound.ts';

export interface Connector {
  readonly key: string;
  readonly definition: ConnectorDefinition;
  readonly dialect: Dialect;
  /** A cheap request that proves the credentials and tells the vendor's clock; null when the vendor has none. */
  readonly verify: CompiledRequest | null;
  readonly objects: ReadonlyMap<string, ConnectorObject>;
  /** The vendor's own webhooks, by the name of the way. */
  readonly inbound: ReadonlyMap<string, InboundWay>;
}

export interface ConnectorObject {
  readonly name: string;
  readonly title: string;
  readonly resource: string;
  readonly fields: Fields;
  /** Path of the record id. */
  readonly id: Path;
  readonly createdAt: Field | null;
  readonly occurredAt: Field;
  readonly version: { readonly fields: readonly Field[]; readonly hash: boolean; readonly ignore: readonly string[] };
  readonly changes: Detection;
  /** null: the vendor has no way to see deletes. */
  readonly deletes: Detection | null;
  readonly mapping: Mapping;
  /** How one record is read by its id; null when the connector does not say. */
  readonly read: ObjectReadRule | null;
}

/** Steps from the root of a JSON value to a part of it. */
export type Path = readonly (string | number)[];

export interface Detection {
  readonly strategy: 'watermark';
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly total: Path | null;
  readonly page: PageDefinition;
  /** The connector's own where, compiled; an instance's where is joined to it by `narrow`. */
  readonly query: CompiledQuery;
  /** False: the request takes no filter. */
  readonly pushdown: boolean;
  readonly cursor: CursorTraps;
  readonly cursorField: Field;
  readonly everySeconds: number;
}

/** A request whose every text is a compiled template. */
export interface CompiledRequest {
  readonly method: 'GET' | 'POST';
  readonly path: Template;
  readonly query: Readonly<Record<string, Template>>;
  readonly headers: Readonly<Record<string, Template>>;
  /** JSON with templates at its leaves; null for no body. */
  readonly body: Template | null;
  /** The vendor's names of the fields to ask for: what {fields} stands for. */
  readonly fields: readonly string[];
}

export type { AuthMethod };
