/**
 * The vendor's own webhooks, linked for use: every message, path, template and expression is taken apart once, at
 * load. Made by `link-inbound.ts`; `src/inbound/` runs it.
 */
import type {
  BodyClaim,
  HandshakeResponse,
  HashAlgorithm,
  InboundKey,
  InboundTimestamp,
  JwtInbound,
  SignatureEncoding,
} from '../definition/connector.ts';
import type { Expression } from '../mapping/expression.ts';
import type { Path } from '../template/path.ts';
import type { Template } from '../template/template.ts';
import type { AnyObject } from './any-object-names.ts';
import type { CompiledRequest } from './compiled-request.ts';

export interface InboundWay {
  /** Part of the URL that the vendor calls. */
  readonly name: string;
  /** The HTTP methods that carry events. */
  readonly methods: readonly string[];
  readonly auth: InboundProof;
  /** null: the vendor tells no time, so that a replay is only told by its dedupe value and by the ledger. */
  readonly timestamp: TimestampRule | null;
  /** The parts of a request that its proof covers: `body`, `method`, `url` and `header.name`. */
  readonly covers: ReadonlySet<string>;
  readonly maxBytes: number;
  readonly format: 'json' | 'form' | 'xml';
  /** The field of a form that holds JSON. */
  readonly formField: string | null;
  readonly handshakes: readonly HandshakeRule[];
  readonly events: readonly EventRule[];
  /** The setting that equals an event's account; null where every instance has a URL of its own. */
  readonly route: string | null;
  readonly ack: { readonly status: number; readonly contentType: string | null; readonly body: string };
  readonly onInvalid: 200 | 401 | 403;
  readonly subscriptions: SubscriptionRules | null;
}

export type InboundProof = SignedProof | JwtProof | StaticProof | NoneProof;

/** A signature over a message: keyed hash, hash with the secret in the message, or Ed25519. */
export interface SignedProof {
  readonly kind: 'hmac' | 'digest' | 'ed25519';
  /** Of no meaning to ed25519. */
  readonly algorithm: HashAlgorithm;
  readonly key: InboundKey;
  readonly signature: SignatureRule;
  /** Any of them may be what was signed. */
  readonly messages: readonly (readonly MessagePart[])[];
  /** Characters whose percent-encoding is undone in the part `url` of the form `decoded`. */
  readonly urlDecode: string;
  readonly bodyDigest: BodyDigestRule | null;
}

export interface JwtProof {
  readonly kind: 'jwt';
  /** Where the key set is fetched; the keys are handed to verification as its secrets. */
  readonly jwks: Template;
  readonly algorithms: JwtInbound['algorithms'];
  readonly token: TokenRule;
  readonly issuer: Template | null;
  readonly audience: Template | null;
  readonly bodyClaim: BodyClaim | null;
}

export interface StaticProof {
  readonly kind: 'static';
  readonly key: InboundKey;
  readonly value: TokenRule;
}

export interface NoneProof {
  readonly kind: 'none';
  readonly equals: readonly { readonly path: Path; readonly value: Template }[];
}

/** Where a value of a request stands. Header names are in lower case. */
export type ValueSource =
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'query'; readonly name: string }
  | { readonly from: 'body'; readonly path: Path };

export interface SignatureRule {
  /** `headers`: numbered from 1 after the prefix. */
  readonly source:
    | Exclude<ValueSource, { readonly from: 'body' }>
    | { readonly from: 'headers'; readonly prefix: string };
  readonly split: string | null;
  readonly prefix: string;
  readonly encoding: SignatureEncoding;
}

export interface TokenRule {
  readonly source: ValueSource;
  /** The source is a path in every item of this array; null for a path in the body. */
  readonly each: Path | null;
  readonly prefix: string;
}

export type MessagePart =
  | { readonly part: 'literal'; readonly text: string }
  | { readonly part: 'url'; readonly form: 'asCalled' | 'decoded' | 'withPort' | 'withoutPort' }
  | { readonly part: 'header'; readonly name: string }
  | { readonly part: 'method' | 'body' | 'timestamp' | 'sortedForm' | 'secret' };

export interface BodyDigestRule {
  readonly source: ValueSource;
  readonly algorithm: HashAlgorithm;
  readonly encoding: SignatureEncoding;
}

export interface TimestampRule {
  /** `entry`: the entry of the signature header that begins with the prefix. */
  readonly source: ValueSource | { readonly from: 'entry'; readonly prefix: string };
  readonly unit: InboundTimestamp['unit'];
  readonly windowMs: number;
}

export interface HandshakeRule {
  readonly method: string;
  readonly header: string | null;
  readonly query: string | null;
  readonly expression: Expression | null;
  readonly signed: boolean;
  readonly respond: HandshakeResponse;
}

export type ChangeWord = 'created' | 'updated' | 'deleted';

/** Expressions over one event, with `inboundVariables` beside it. */
export interface EventRule {
  readonly when: Expression | null;
  /** null: the items of the body, or the body when it is no array. */
  readonly each: Expression | null;
  readonly object: Expression;
  /** The vendor's word to the connector's object. */
  readonly objects: ReadonlyMap<string, string>;
  /** What an instance may have on beside them, by the vendor's word; null for nothing. */
  readonly anyObject: AnyObject | null;
  readonly objectId: Expression;
  readonly change: Expression;
  readonly changes: ReadonlyMap<string, ChangeWord>;
  readonly occurredAt: Expression | null;
  readonly account: Expression | null;
  readonly dedupe: Expression | null;
  /** null: the event only names the record, or nothing proves that it is the vendor's. */
  readonly record: Expression | null;
  /** It tells no delete but such as the request proves: that it was one, of that record and at that time. */
  readonly provesDeletes: boolean;
}

/** The variables of the expressions, without the dollar sign. */
export const inboundVariables = ['headers', 'query', 'body'] as const;

export interface SubscriptionRules {
  /** Of the account, each instance has its own; of the operator's app, one set is for all its accounts. */
  readonly owner: 'account' | 'app';
  /** One registration for each; a single one of nulls when one covers all. */
  readonly topics: readonly SubscriptionTopic[];
  /** Those of each object by name: texts with {object.name}. */
  readonly topicsByName: readonly string[];
  /** The one registration that says where all of them are sent to; null where each says it itself. */
  readonly target: SubscriptionRules | null;
  /** null: the vendor does not list what is registered. */
  readonly list: SubscriptionListRule | null;
  /** Asked one after another before registering; what they capture is for the requests after them alone. */
  readonly prepare: readonly SubscriptionStepRule[];
  readonly register: SubscriptionStepRule;
  readonly renew: SubscriptionStepRule | null;
  /** For one that is not as the list expects it. */
  readonly repair: SubscriptionStepRule | null;
  readonly remove: SubscriptionStepRule | null;
  /** The vendor is told the key that verifies. */
  readonly usesSecret: boolean;
  /** Each registration says where it is sent to: for another URL it is another one. */
  readonly namesUrl: boolean;
  readonly renewBeforeMs: number;
}

export interface SubscriptionTopic {
  readonly object: string | null;
  readonly topic: string | null;
  /** The vendor's name of the field that it is about. */
  readonly field: string | null;
}

export interface SubscriptionListRule {
  readonly request: SubscriptionRequestRule;
  /** null: the answer is the only one there is. */
  readonly items: Path | null;
  /** What stands where in the one that is meant. */
  readonly match: readonly { readonly path: Path; readonly value: Template }[];
  /** What stands in it when it works. */
  readonly expect: readonly { readonly path: Path; readonly value: string | boolean }[];
  readonly capture: ReadonlyMap<string, Path>;
  readonly expiresAt: Path | null;
}

export type SubscriptionRequestRule = Omit<CompiledRequest, 'method'> & {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
};

export interface SubscriptionStepRule {
  readonly request: SubscriptionRequestRule;
  readonly capture: ReadonlyMap<string, Path>;
  readonly credentials: ReadonlyMap<string, Path>;
  readonly expiresAt: Path | null;
  readonly lifeMs: number | null;
}
