// Generated from schemas/webhook-case.schema.json by `npm run generate`. Do not edit.

/**
 * A code, `nothing-new`, `no-delete`, or why the vendor's scheme cannot see it.
 */
export type VariantOutcome = string | UnseenVariant;

/**
 * One proof of a connector's webhooks: a signed request in, what is told, asked and answered out, and the same request spoilt in ways that must be refused. A file of connectors/<key>/cases that has a request; `anyhook test` runs it. Of an instance that has been watched for a day. Signatures must come from the vendor, or from a signer that is not anyhook.
 */
export interface WebhookCase {
  /**
   * Path or URL of this schema, for editors.
   */
  $schema?: string;
  /**
   * What the case shows, in a line.
   */
  name: string;
  /**
   * The name of the inbound way that takes the request.
   */
  way: string;
  /**
   * Settings of the instance that differ from the defaults.
   */
  settings?: {
    [k: string]: string | number | boolean;
  };
  /**
   * Credentials of the instance that the request is verified by: invented, as all that stands in a case.
   */
  credentials?: {
    [k: string]: string;
  };
  /**
   * Objects by name that the instance has on, beside all that the connector declares: name to what the vendor's webhooks call it.
   */
  objects?: {
    [k: string]: string;
  };
  request: SignedRequest;
  /**
   * Ids of records that the instance was told of before, of every object that the request tells of.
   */
  known?: string[];
  /**
   * The changes that the request tells of, in their order, those of other accounts too.
   */
  told?: ToldChange[];
  /**
   * Why parts of the request are passed over, by code, in their order; last what is about objects that the instance does not have on.
   */
  skipped?: string[];
  answer?: ExpectedAnswer;
  /**
   * The records that the vendor is asked for, each once, in their order, and what it answers.
   */
  reads?: ExpectedRead[];
  /**
   * The events that come of it for the instance, object by object. When left out, it ends with what is told.
   */
  events?: WebhookEvent[];
  variants: Variants;
}
/**
 * The request as it came over the wire.
 */
export interface SignedRequest {
  /**
   * The HTTP method.
   */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /**
   * What the vendor called, whole and as it was signed.
   */
  url: string;
  /**
   * The headers that say something; case does not matter.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * The body as text, character for character.
   */
  body?: string;
  /**
   * The body in base64, in place of the text: for bytes that are no text.
   */
  bodyBase64?: string;
  /**
   * When it arrives.
   */
  receivedAt: string;
}
/**
 * A change as the request tells it.
 */
export interface ToldChange {
  /**
   * The connector's name of the object, or the instance's.
   */
  object: string;
  /**
   * The record id.
   */
  objectId: string;
  /**
   * What the vendor says happened.
   */
  change: 'created' | 'updated' | 'deleted';
  /**
   * When, by the vendor; null when it does not say.
   */
  occurredAt?: string | null;
  /**
   * The vendor account it belongs to; null where each instance has a URL of its own.
   */
  account?: string | null;
  /**
   * What stays the same when the vendor sends it again; null for nothing, so that only the ledger tells.
   */
  dedupe?: string | null;
  /**
   * The native record that came with it; null when it only names the record.
   */
  record?: {} | null;
}
/**
 * What the vendor is answered: exactly this. A status 200 and nothing else when left out.
 */
export interface ExpectedAnswer {
  /**
   * The HTTP status.
   */
  status?: number;
  /**
   * The headers, names in lower case.
   */
  headers?: {
    [k: string]: string;
  };
  /**
   * The body.
   */
  body?: string;
}
/**
 * One record that is asked for.
 */
export interface ExpectedRead {
  /**
   * The path below the base URL.
   */
  path: string;
  /**
   * A piece of the path, a query value or the body that tells this read from others.
   */
  has: string;
  /**
   * The body of the vendor's answer; null when the record is not there: 404.
   */
  answer: {} | null;
}
/**
 * An event that comes of the request.
 */
export interface WebhookEvent {
  /**
   * The connector's name of the object, or the instance's.
   */
  object: string;
  /**
   * The record id.
   */
  objectId: string;
  /**
   * What happened, as the ledger has it.
   */
  change: 'created' | 'updated' | 'deleted';
  /**
   * When the vendor says it changed: RFC 3339 with milliseconds, UTC.
   */
  occurredAt: string;
  /**
   * What the normalised record holds; properties that are left out are not looked at, for the record has its own case. null where nothing but the word of its delete is left.
   */
  record: {} | null;
}
/**
 * What becomes of the same request when it is spoilt: a code for what is refused, `nothing-new` for what is taken and tells nothing that was not told, `no-delete` for what is taken and tells nobody of a delete, or why this vendor's scheme cannot see it. Each is made and held against what is said here.
 */
export interface Variants {
  forged?: VariantOutcome;
  'wrong-key'?: VariantOutcome;
  replayed?: VariantOutcome;
  'future-dated'?: VariantOutcome;
  truncated?: VariantOutcome;
  're-serialised'?: VariantOutcome;
  'wrong-url'?: VariantOutcome;
  're-labelled'?: VariantOutcome;
}
export interface UnseenVariant {
  /**
   * Why the request is taken all the same: a limit of the vendor.
   */
  unseen: string;
}
