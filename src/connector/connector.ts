/**
 * A connector linked for use: every where parsed and checked, every query compiled, every mapping and template
 * compiled. Made once at load by `link.ts`; nothing here reads a file or parses a text.
 */
import type {
  AuthMethod,
  ConnectorDefinition,
  CursorTraps,
  FieldDefinition,
  PageDefinition,
} from '../definition/connector.ts';
import type { Dialect } from '../definition/dialect.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { Expression } from '../mapping/expression.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Path } from '../template/path.ts';
import type { Template } from '../template/template.ts';
import type { Field, Fields, Where } from '../where/ast.ts';
import type { AnyObject } from './any-object-names.ts';
import type { CompiledRequest } from './compiled-request.ts';
import type { InboundWay } from './inbound.ts';

export interface Connector {
  readonly key: string;
  readonly definition: ConnectorDefinition;
  readonly dialect: Dialect;
  /** A cheap request that proves the credentials and tells the vendor's clock; null when the vendor has none. */
  readonly verify: CompiledRequest | null;
  readonly objects: ReadonlyMap<string, ConnectorObject>;
  /** null: the vendor is not asked which fields objects have. */
  readonly describe: DescribeRules | null;
  /** What an instance may name beside them: objects that only its account knows; null where there is no such way. */
  readonly anyObject: AnyObject | null;
  /** The vendor's own webhooks, by the name of the way. */
  readonly inbound: ReadonlyMap<string, InboundWay>;
}

export interface ConnectorObject {
  readonly name: string;
  readonly title: string;
  readonly resource: string;
  readonly fields: Fields;
  /** The names of those that `{fields}` stands for in requests. */
  readonly selected: readonly string[];
  /** Path of the record id. */
  readonly id: Path;
  readonly createdAt: Field | null;
  readonly occurredAt: Field;
  readonly version: { readonly fields: readonly Field[]; readonly hash: boolean; readonly ignore: readonly string[] };
  readonly changes: Detection;
  /** null: deletes are seen by `changes`, or not at all: see `seesDeletes`. */
  readonly deletes: Detection | null;
  readonly seesDeletes: boolean;
  /** A delete at the vendor is an update: the record stays, marked as no longer in use. */
  readonly isNeverDeleted: boolean;
  /** null: one record cannot be read on its own. */
  readonly read: ReadOne | null;
  /** How a throw-away record is made, for tests; null where the connector does not say. */
  readonly trial: Trial | null;
  /** null: the vendor is not asked which fields there are. */
  readonly describe: Describe | null;
  /** Whether the fields are those of an account, as its vendor tells them, and not only the declared ones. */
  readonly isDescribed: boolean;
  /** Whether the ledger must hold every record: to compare an enumeration with it. */
  readonly whole: boolean;
  readonly mapping: Mapping;
}

/** How the vendor is asked which fields an object has. Expressions are over an entry of its list. */
export interface Describe {
  readonly request: CompiledRequest;
  readonly fields: Path;
  readonly name: Expression;
  /** null where the path is the name. */
  readonly path: Expression | null;
  readonly type: Expression;
  readonly types: ReadonlyMap<string, FieldDefinition>;
  readonly filterable: Expression | null;
  readonly select: Expression | null;
  /** Over the answer. */
  readonly values: ReadonlyMap<string, Expression>;
  readonly maxLength: number;
  readonly everyMs: number;
  /** null: the vendor's webhooks know no other name of the object. */
  readonly alias: DescribeAlias | null;
}

/** How it is found out what the vendor's webhooks call an object. */
export interface DescribeAlias {
  /** null: it stands in the answer to the describe. */
  readonly request: CompiledRequest | null;
  /** Over the answer. */
  readonly value: Expression;
}

/** What is the same for all objects. */
export type DescribeRules = Omit<Describe, 'request' | 'alias'>;

/** One way to find changed or deleted records, its requests and wheres compiled. */
export type Detection =
  | WatermarkDetection
  | KeysetDetection
  | ServerWatermarkDetection
  | DeltaDetection
  | SinceIdDetection
  | NewestFirstDetection
  | SnapshotDetection;

/** What all strategies have. */
export interface DetectionParts {
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly page: PageDefinition;
  /** The field that says when a record changed; of an entry, where the records are those of a log. */
  readonly timeField: Field;
  /** Of a record that is listed and yet deleted. */
  readonly deletedWhen: Where | null;
  /** Where a deleted record holds its id; null where a live one does. */
  readonly deletedId: Path | null;
  readonly entry: LogEntry | null;
  readonly parents: Parents | null;
  readonly gate: Gate | null;
  readonly thin: boolean;
  /** The instance's own where, as far as it is not a part of the query: held against each record here. */
  readonly own: Where | null;
  readonly everySeconds: number;
  /** How far it was read is kept by it; empty where there is no other. */
  readonly name: string;
  /** Where else the same feed looks: after this one, in the same poll, each from where it stands by itself. */
  readonly further: readonly Detection[];
}

/** A query bounded by time. */
interface Bounded {
  readonly cursor: CursorTraps;
  /** False: the request takes no filter. */
  readonly pushdown: boolean;
  readonly total: Path | null;
  readonly maxWindowMs: number;
  readonly retentionMs: number;
  readonly full: FullListing | null;
}

export interface WatermarkDetection extends DetectionParts, Bounded {
  readonly strategy: 'watermark';
  readonly query: CompiledQuery;
  readonly walk: IdWalk | null;
}

export interface KeysetDetection extends DetectionParts, Bounded {
  readonly strategy: 'keyset';
  readonly query: CompiledQuery;
  readonly ties: CompiledQuery;
  readonly tie: Field;
  readonly size: number;
}

export interface ServerWatermarkDetection extends DetectionParts, Bounded {
  readonly strategy: 'server-watermark';
  /** null: the request takes the window itself. */
  readonly query: CompiledQuery | null;
  readonly covered: Path;
  /** A narrower window waits for a later poll. */
  readonly minWindowMs: number;
  /** Of the time since when the vendor still knows; null where it forgets only as `retentionMs` says. */
  readonly earliest: Path | null;
  /** What nobody was told is gone is looked up before it is told. */
  readonly confirm: boolean;
}

export interface DeltaDetection extends DetectionParts {
  readonly strategy: 'delta';
  /** null: the token is a URL. */
  readonly since: CompiledRequest | null;
  readonly token: { readonly read: Path; readonly lifetimeMs: number };
}

export interface SinceIdDetection extends DetectionParts {
  readonly strategy: 'since-id';
  readonly growing: { readonly field: Field; readonly first: string; readonly settleMs: number };
}

export interface NewestFirstDetection extends DetectionParts {
  readonly strategy: 'newest-first';
  readonly cursor: CursorTraps;
  readonly extraPages: number;
}

export interface SnapshotDetection extends DetectionParts {
  readonly strategy: 'snapshot';
  readonly total: Path | null;
  readonly breaker: { readonly share: number; readonly atLeast: number };
  readonly confirm: boolean;
  /** null where every listing is whole. */
  readonly proof: ListingProof | null;
}

/** An answer that shows that a listing leaves nothing out: one of its records has this text at a path. */
export interface ListingProof {
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly path: Path;
  readonly equals: string;
}

/** How all records are listed. */
export interface FullListing {
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly total: Path | null;
  readonly page: PageDefinition;
}

/** How a window is walked in the order of an id. */
export interface IdWalk {
  readonly request: CompiledRequest;
  readonly query: CompiledQuery;
  readonly field: Field;
  readonly size: number;
}

/** How an entry of a log is read. */
export interface LogEntry {
  readonly objectId: Path;
  readonly action: Path | null;
  readonly actions: ReadonlyMap<string, 'created' | 'updated' | 'deleted' | 'ignored'>;
  /** null: the record is read by its id. */
  readonly record: Path | null;
}

export interface Parents {
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly page: PageDefinition;
  readonly id: Path;
}

export type Gate =
  | { readonly kind: 'etag' }
  | { readonly kind: 'probe'; readonly request: CompiledRequest; readonly read: Path };

/** How one record is read by its id. */
export interface ReadOne {
  readonly request: CompiledRequest;
  readonly record: Path;
  /** What a whole id must match before it goes into the request. */
  readonly idPattern: RegExp;
  /** null: records are read one by one. */
  readonly many: ReadMany | null;
}

/** How several records are read by their ids in one request. */
export interface ReadMany {
  readonly request: CompiledRequest;
  readonly most: number;
  /** One id, as {ids} lists it. */
  readonly each: Template;
  readonly records: Path;
  /** Of the id that a record was asked for by. */
  readonly id: Path;
  /** The vendor leaves out what is not there, and nothing else. */
  readonly isMissingGone: boolean;
  /** Over the answer: ids of which the vendor says that there is no record. */
  readonly gone: Expression | null;
}

/** How a throw-away record is created, changed and deleted. */
export interface Trial {
  readonly find: ReadonlyMap<string, { readonly request: CompiledRequest; readonly read: Path }>;
  readonly create: TrialRequest;
  /** Where the answer to `create` holds the new id. */
  readonly id: Path;
  readonly update: TrialRequest;
  readonly delete: TrialRequest;
  /** null: the vendor merges no records, or not by its API. */
  readonly merge: TrialRequest | null;
}

export interface TrialRequest extends Omit<CompiledRequest, 'method'> {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
}

export type { AuthMethod };
