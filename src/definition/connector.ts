// Generated from schemas/connector.schema.json by `npm run generate`. Do not edit.

/**
 * One way to authenticate.
 */
export type AuthMethod = HeaderAuth | QueryAuth | BasicAuth | TokenAuth;
/**
 * The credentials that this way needs.
 */
export type CredentialNames = string[];
/**
 * How one quota of an account reads: how much is left or used, of how much, and when it comes back.
 */
export type QuotaHeaders = QuotaLeftUntilReset | QuotaLeft | QuotaUsed;
/**
 * How a request proves where it is from.
 */
export type InboundAuth =
  HmacInbound | DigestInbound | Ed25519Inbound | JwtInbound | StaticInbound | NoneInbound | MtlsInbound;
/**
 * The hash.
 */
export type HashAlgorithm = 'sha1' | 'sha256' | 'sha512';
/**
 * How the bytes are written; hex in lower case.
 */
export type SignatureEncoding = 'hex' | 'base64' | 'base64url';
/**
 * What is signed: {body} the bytes as they came, {timestamp} as it was written, {method}, {url} the public URL with its query, {url.decoded} with the characters of urlDecode decoded, {url.withPort} and {url.withoutPort}, {header.name}, {form.sorted} the fields of a form, name and value in a row, sorted by name; {secret} in a digest. A list where the vendor is not sure: any may match.
 */
export type SignedMessage =
  string | [string] | [string, string] | [string, string, string] | [string, string, string, string];
/**
 * Characters whose percent-encoding the vendor undoes before it signs: {url.decoded} is the URL so.
 */
export type UrlDecode = string;
/**
 * The answer to a handshake.
 */
export type HandshakeResponse =
  EchoQueryText | EchoHeader | EchoJsonField | CrcHmac | CaptureToken | Acknowledge | OptionsConsent;
/**
 * One way to find changed or deleted records.
 */
export type Detection =
  | WatermarkDetection
  | KeysetDetection
  | ServerWatermarkDetection
  | DeltaDetection
  | SinceIdDetection
  | NewestFirstDetection
  | SnapshotDetection;
/**
 * Path of the array of records in an answer.
 */
export type RecordsPath = string;
/**
 * How the next page is asked for.
 */
export type PageDefinition =
  NoPages | NextUrlPages | LinkHeaderPages | CursorPages | NumberPages | OffsetPages | KeysetPages;
/**
 * More pages than this in one poll is a failure, not a truncation.
 */
export type MaxPages = number;
/**
 * A where: a record of which it is true is deleted, though the vendor still lists it.
 */
export type DeletedWhen = string;
/**
 * Path of the id in a deleted record, where it is not that of a live one.
 */
export type DeletedId = string;
/**
 * A cheap request that says whether anything changed at all.
 */
export type Gate = EtagGate | ProbeGate;
/**
 * True when a record holds little more than an id: an instance's own where cannot be held against it. A deleted one is then told if it was told before, or if nothing is known of it; a changed one is read by its id first.
 */
export type Thin = boolean;
/**
 * What this way is called where a list has several. How far it was read is kept by this name, so it stays as it is; the first of a list needs none.
 */
export type DetectionName = string;
/**
 * How often, in seconds, unless the instance says otherwise.
 */
export type EverySeconds = number;
/**
 * A JSONata expression, or an object of them.
 */
export type MappingNode =
  | string
  | {
      [k: string]: MappingNode;
    };

/**
 * One vendor as data: how to authenticate, how to call it, what "changed since T" is per object, and how a native record becomes the common resource.
 */
export interface ConnectorDefinition {
  /**
   * Path or URL of this schema, for editors.
   */
  $schema?: string;
  /**
   * The connector's key: the name of its folder and the word people type.
   */
  key: string;
  /**
   * The vendor's product name as people know it.
   */
  name: string;
  /**
   * What this connector covers, in one or two sentences.
   */
  description: string;
  /**
   * The vendor's pages that the facts of this file come from.
   */
  docs?: string[];
  /**
   * What an instance may set that is no secret: host, version, tenant. Used in templates as {settings.name}.
   */
  settings: {
    [k: string]: SettingDefinition;
  };
  /**
   * The secrets an instance holds. Encrypted at rest, never shown. Used in the templates of auth as {credentials.name}.
   */
  credentials: {
    [k: string]: CredentialDefinition;
  };
  /**
   * The ways to authenticate, best first. An instance uses the first one whose required credentials it holds.
   *
   * @minItems 1
   */
  auth: [AuthMethod, ...AuthMethod[]];
  app?: AppDefinition;
  http: HttpDefinition;
  /**
   * The dialect that a where compiles to: its name, or its name with fields of it overridden.
   */
  dialect: string | DialectOverride;
  sandbox?: SandboxDefinition;
  /**
   * The vendor's own webhooks, as far as they are taken: they tell of changes sooner than a poll, which repairs what they lose.
   *
   * @minItems 1
   */
  inbound?: [InboundWay, ...InboundWay[]];
  describe?: Describe;
  anyObject?: AnyObject;
  /**
   * The kinds of record that can be watched, by the name people use for them.
   */
  objects: {
    [k: string]: ObjectDefinition;
  };
}
/**
 * One setting of an instance.
 */
export interface SettingDefinition {
  /**
   * What the value must be.
   */
  type: 'text' | 'url' | 'number' | 'boolean';
  /**
   * What it is and where a person finds it.
   */
  description: string;
  /**
   * Used when the instance sets nothing. Without a default the setting is required.
   */
  default?: string | number | boolean;
  /**
   * A regular expression that the text must match as a whole.
   */
  pattern?: string;
  /**
   * Path in the answer to http.verify where the vendor tells it: what the mapping of an object sees where the instance leaves the setting at its default.
   */
  told?: string;
  /**
   * A value that would work.
   */
  example?: string | number | boolean;
}
/**
 * One secret of an instance.
 */
export interface CredentialDefinition {
  /**
   * What it is and where a person finds it.
   */
  description: string;
}
/**
 * Static headers on every request.
 */
export interface HeaderAuth {
  /**
   * Its name in messages.
   */
  name: string;
  /**
   * Static headers.
   */
  kind: 'header';
  requires: CredentialNames;
  headers: TextTemplates;
}
/**
 * Name to text template.
 */
export interface TextTemplates {
  [k: string]: string;
}
/**
 * Static parameters in the query of every request. No message shows them; what stands between here and the vendor may keep them, so that a header is better where the vendor takes one.
 */
export interface QueryAuth {
  /**
   * Its name in messages.
   */
  name: string;
  /**
   * Static query parameters.
   */
  kind: 'query';
  requires: CredentialNames;
  query: TextTemplates;
}
/**
 * HTTP Basic (RFC 7617).
 */
export interface BasicAuth {
  /**
   * Its name in messages.
   */
  name: string;
  /**
   * HTTP Basic.
   */
  kind: 'basic';
  requires: CredentialNames;
  /**
   * Template of the user name.
   */
  username: string;
  /**
   * Template of the password.
   */
  password: string;
}
/**
 * A token endpoint answers an access token (OAuth 2.0 RFC 6749 §4.4 and §6, or any request of that shape).
 */
export interface TokenAuth {
  /**
   * Its name in messages.
   */
  name: string;
  /**
   * A token endpoint.
   */
  kind: 'token';
  requires: CredentialNames;
  token: TokenRequest;
  authorize?: Authorize;
  /**
   * Values of the token answer used later as {auth.name}: name to path.
   */
  capture?: {
    [k: string]: string;
  };
  headers: TextTemplates;
}
/**
 * The request for a token and where its answer holds what.
 */
export interface TokenRequest {
  /**
   * Template of the token endpoint.
   */
  url: string;
  form?: TextTemplates;
  json?: TextTemplates;
  headers?: TextTemplates;
  /**
   * User and password templates when the client authenticates by HTTP Basic (RFC 6749 §2.3.1).
   *
   * @minItems 2
   * @maxItems 2
   */
  basic?: [string, string];
  /**
   * Path of the access token in the answer.
   */
  accessToken?: string;
  /**
   * Path of the life in seconds; null when the vendor tells none and a 401 is the only sign.
   */
  expiresIn?: string | null;
  /**
   * Credentials that the answer replaces: credential name to path. The new value is saved before it is used.
   */
  rotates?: {
    [k: string]: string;
  };
  assertion?: Assertion;
}
/**
 * A signed JWT (RFC 7523) made for each request; templates of the request name it as {assertion}.
 */
export interface Assertion {
  /**
   * How it is signed (RFC 7518 §3.1).
   */
  algorithm: 'RS256' | 'ES256';
  /**
   * Template of the private key: PEM, PKCS #8.
   */
  key: string;
  claims: TextTemplates;
  /**
   * How long it is good for.
   */
  lifeSeconds?: number;
}
/**
 * How a person grants access in a browser: the authorization code of OAuth 2.0 (RFC 6749 §4.1). The runtime adds response_type, redirect_uri, state and, with pkce, the code challenge.
 */
export interface Authorize {
  /**
   * Template of the page that asks the person.
   */
  url: string;
  params: TextTemplates;
  /**
   * What is asked for.
   */
  scopes?: string[];
  /**
   * What stands between scopes; a space by RFC 6749 §3.3.
   */
  scopeSeparator?: string;
  /**
   * Whether the vendor takes PKCE with S256 (RFC 7636).
   */
  pkce?: boolean;
  /**
   * Parameters of the callback that are kept: name to the setting or credential.
   */
  keep?: {
    [k: string]: string;
  };
  /**
   * Settings that the answer to the exchange tells, as which account it is: name to path. One that the person's link was made with must be the same.
   */
  tells?: {
    [k: string]: string;
  };
  /**
   * Hosts of the vendor's token endpoints, where the secrets of an operator's own app may be sent by https; *. stands for any names before. The host that the settings name by default counts by itself.
   */
  tokenHosts?: string[];
  signature?: CallbackSignature;
  exchange: TokenRequest;
}
/**
 * The callback's query is signed: hex HMAC-SHA256 of the other parameters, sorted, name=value joined by &.
 */
export interface CallbackSignature {
  /**
   * The parameter that holds it.
   */
  parameter: string;
  /**
   * Template of the key.
   */
  key: string;
}
/**
 * The operator's own app at the vendor, where webhooks belong to it and not to each account: what it needs beside the connector's settings and credentials, and how it authenticates. The operator gives it in the configuration, under apps, by these names and by those of the connector's settings and credentials.
 */
export interface AppDefinition {
  /**
   * Settings that only the app has; in the templates of its subscriptions as {settings.name}.
   */
  settings?: {
    [k: string]: SettingDefinition;
  };
  /**
   * Secrets that only the app has, and no instance is given.
   */
  credentials?: {
    [k: string]: CredentialDefinition;
  };
  auth: AuthMethod;
  /**
   * What errors mean that the app is answered, before those of http.
   */
  errors?: ErrorRule[];
}
/**
 * One shape of vendor error and the failure it means.
 */
export interface ErrorRule {
  /**
   * HTTP statuses; every status when absent, 200 too.
   */
  status?: number[];
  /**
   * Path in the body that is looked at.
   */
  path?: string;
  /**
   * The text that must stand at the path.
   */
  equals?: string;
  /**
   * A part of the text at the path, where the vendor tells different things by one code.
   */
  contains?: string;
  /**
   * What it means to the runtime.
   */
  failure:
    | 'vendor-throttled'
    | 'vendor-unavailable'
    | 'credentials-expired'
    | 'credentials-refused'
    | 'scope-missing'
    | 'request-refused'
    | 'field-missing'
    | 'cursor-expired'
    | 'not-found';
  /**
   * How long to wait when the answer does not say.
   */
  retryAfterMs?: number;
  /**
   * Path of what the answer names as missing, a text or a list of them, such as scopes: told with help.
   */
  names?: string;
  /**
   * What a person can do about it.
   */
  help?: string;
}
/**
 * What all requests to this vendor share.
 */
export interface HttpDefinition {
  /**
   * Template of the URL that request paths are joined to.
   */
  baseUrl: string;
  headers?: TextTemplates;
  /**
   * What {auth.name} may be, for showing requests without a login.
   */
  authExamples?: {
    [k: string]: string;
  };
  /**
   * How long one request may take, in milliseconds.
   */
  timeoutMs?: number;
  verify?: RequestTemplate;
  /**
   * The vendor's published rate for one account; requests are spaced to keep it, and processes that share a store divide it.
   */
  requestsPerSecond?: number;
  /**
   * Requests of one account under way at once, over all processes that share a store.
   */
  concurrency?: number;
  /**
   * Template of the vendor account that quota belongs to; instances with the same value share it. By default those with the same settings and credentials.
   */
  account?: string;
  /**
   * The part of an account's quota that may be used here; the rest is left to the account's other users.
   */
  quotaShare?: number;
  /**
   * Headers by which the vendor says how much of an account's quota is left: requests slow down before it refuses them. By default X-RateLimit-Limit, -Remaining and -Reset, the same with X-Rate-Limit and RateLimit, and RateLimit with RateLimit-Policy of the IETF draft.
   *
   * @minItems 1
   */
  quotaHeaders?: [QuotaHeaders, ...QuotaHeaders[]];
  quotaCost?: QuotaCost;
  retryAfter?: RetryAfterRule;
  /**
   * True where the vendor leaves the list of records out of an answer when it is empty. Otherwise an answer without its list is a failure: it may be an error that is told with status 200.
   */
  leavesOutEmptyLists?: boolean;
  /**
   * How the vendor's errors read, first match wins; before the general rules by HTTP status.
   */
  errors?: ErrorRule[];
  /**
   * Paths of the vendor's own error text in an error body, first that exists wins.
   */
  message?: string[];
}
/**
 * One request. In every text {name} is replaced; a text that is exactly one placeholder becomes its value, of whatever type.
 */
export interface RequestTemplate {
  /**
   * HTTP method.
   */
  method: 'GET' | 'POST';
  /**
   * Template of the path below the base URL, or a whole URL.
   */
  path: string;
  /**
   * Query parameters; one that renders to nothing is left out.
   */
  query?: {
    [k: string]: string;
  };
  headers?: TextTemplates;
  /**
   * JSON body, with placeholders.
   */
  body?: {
    [k: string]: unknown;
  };
}
/**
 * A quota that is there again all at once, at a time that the vendor says.
 */
export interface QuotaLeftUntilReset {
  /**
   * Header that says how many requests are left.
   */
  remaining: string;
  /**
   * Header that says of how many; without it, the most that were ever left.
   */
  limit?: string;
  reset: QuotaReset;
}
/**
 * The header that says when all of the quota is there again.
 */
export interface QuotaReset {
  /**
   * Header name.
   */
  header: string;
  /**
   * Seconds or milliseconds from now, or since 1970.
   */
  unit: 's' | 'ms' | 'epoch-s' | 'epoch-ms';
}
/**
 * A quota that comes back bit by bit, by what is left of it.
 */
export interface QuotaLeft {
  /**
   * Header that says how many requests are left.
   */
  remaining: string;
  /**
   * Header that says of how many; without it, the most that were ever left.
   */
  limit?: string;
  /**
   * In how many seconds all of the quota comes back, bit by bit.
   */
  windowSeconds: number;
}
/**
 * A quota that comes back bit by bit, by what is used of it.
 */
export interface QuotaUsed {
  /**
   * Header that holds used and limit in one, as in 12/40 or api-usage=18/5000; the first such pair counts.
   */
  usage: string;
  /**
   * In how many seconds all of the quota comes back, bit by bit.
   */
  windowSeconds: number;
}
/**
 * Where the answer's body says what the request cost and how much of the account's quota is left, in points: paths to numbers. Requests slow down before the vendor refuses them.
 */
export interface QuotaCost {
  /**
   * Path of the points that the request has to have.
   */
  cost: string;
  /**
   * Path of the points that are left.
   */
  remaining: string;
  /**
   * Path of the most points that there can be.
   */
  limit: string;
  /**
   * Path of the points that come back in a second.
   */
  perSecond: string;
}
/**
 * How the vendor says when to come back; by default the header Retry-After of RFC 9110 §10.2.3, in seconds or as a date.
 */
export interface RetryAfterRule {
  /**
   * Header name.
   */
  header: string;
  /**
   * Seconds or milliseconds from now, or seconds since 1970.
   */
  unit: 's' | 'ms' | 'epoch-s';
}
/**
 * A dialect with fields of it overridden.
 */
export interface DialectOverride {
  /**
   * The dialect to start from.
   */
  extends: string;
  [k: string]: unknown;
}
/**
 * How an instance reaches the local simulator of this vendor: settings and credentials, with {origin} for its address.
 */
export interface SandboxDefinition {
  /**
   * The name of the sandbox, where it is not the connector's key: several connectors may share one.
   */
  vendor?: string;
  /**
   * What the sandbox calls each object: object of the connector to object of the sandbox.
   */
  objects: {
    [k: string]: string;
  };
  /**
   * Settings that reach the sandbox.
   */
  settings: {
    [k: string]: string | number | boolean;
  };
  /**
   * Credentials that the sandbox accepts; no secrets of anybody.
   */
  credentials: {
    [k: string]: string;
  };
}
/**
 * One kind of native webhook: how it proves where it is from, what it asks at first, and the changes it tells.
 */
export interface InboundWay {
  /**
   * Its name: a part of the URL that the vendor calls.
   */
  name: string;
  /**
   * What it is and how a person switches it on at the vendor.
   */
  description?: string;
  /**
   * The HTTP methods that carry events; handshakes have their own.
   *
   * @minItems 1
   */
  methods?: ['POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE', ...('POST' | 'PUT' | 'PATCH' | 'GET' | 'DELETE')[]];
  auth: InboundAuth;
  timestamp?: InboundTimestamp;
  /**
   * The parts of a request that its proof covers, so that nobody can change them: body, method, url and header.name. What an event says from elsewhere is not believed: a delete is told only when the record is really gone, and a record is read in place of the one that came. Left out: what the signed message is made of, or the body where the digest or claim of it is proved; nothing for a secret that is sent along, and for none.
   */
  covers?: string[];
  /**
   * The largest body that is looked at, in bytes.
   */
  maxBytes?: number;
  /**
   * How the body is written. XML becomes JSON: local names without prefixes, @name for attributes, #text for text beside them, null for xsi:nil, arrays for what repeats.
   */
  format?: 'json' | 'form' | 'xml';
  /**
   * The field of a form that holds the events as JSON.
   */
  formField?: string;
  /**
   * Requests that are no events but want an answer, first match wins.
   */
  handshake?: Handshake[];
  /**
   * How a body becomes changes. Every reader whose condition holds reads it.
   *
   * @minItems 1
   */
  events: [EventReader, ...EventReader[]];
  /**
   * The setting that equals the account of an event: the event is for the instances where it does. Left out where every instance has a URL of its own.
   */
  route?: string;
  ack?: InboundAck;
  /**
   * The status of the answer to a request that does not prove where it is from. 200 for a vendor that stops sending after errors; the request is dropped all the same.
   */
  onInvalid?: 401 | 403 | 200;
  subscriptions?: InboundSubscriptions;
}
/**
 * A keyed hash (RFC 2104) over a message made of parts of the request.
 */
export interface HmacInbound {
  /**
   * A keyed hash.
   */
  kind: 'hmac';
  algorithm: HashAlgorithm;
  key: InboundKey;
  signature: SignatureSource;
  message: SignedMessage;
  urlDecode?: UrlDecode;
  bodyDigest?: BodyDigest;
}
/**
 * The key, from a credential of the instance.
 */
export interface InboundKey {
  /**
   * The credential that holds it.
   */
  credential: string;
  /**
   * The credential that holds the key before it, still good while the vendor changes over.
   */
  previous?: string;
  /**
   * How the credential writes the key's bytes: utf8 takes the text as it stands.
   */
  encoding?: 'utf8' | 'base64' | 'hex';
  /**
   * A beginning of the credential that is no part of the key.
   */
  stripPrefix?: string;
}
/**
 * Where the signature stands: one of header, headers and query.
 */
export interface SignatureSource {
  /**
   * A header.
   */
  header?: string;
  /**
   * The beginning of the names of numbered headers, counted from 1; any of them may match.
   */
  headers?: string;
  /**
   * A query parameter.
   */
  query?: string;
  /**
   * What separates several entries; any of them may match.
   */
  split?: ',' | ' ' | ';';
  /**
   * The beginning of an entry that is a signature of this kind; others are passed over.
   */
  prefix?: string;
  encoding: SignatureEncoding;
}
/**
 * A hash of the body that stands in the signed part of the request instead of the body itself.
 */
export interface BodyDigest {
  /**
   * The query parameter that holds it; the message must hold the URL.
   */
  query?: string;
  /**
   * The header that holds it; the message must hold the header.
   */
  header?: string;
  algorithm: HashAlgorithm;
  encoding: SignatureEncoding;
}
/**
 * A plain hash over a message that holds the secret itself, as {secret}.
 */
export interface DigestInbound {
  /**
   * A hash of the secret and the message.
   */
  kind: 'digest';
  algorithm: HashAlgorithm;
  key: InboundKey;
  signature: SignatureSource;
  message: SignedMessage;
  urlDecode?: UrlDecode;
  bodyDigest?: BodyDigest;
}
/**
 * An Ed25519 signature (RFC 8032) by the vendor's key.
 */
export interface Ed25519Inbound {
  /**
   * An Ed25519 signature.
   */
  kind: 'ed25519';
  key: InboundKey;
  signature: SignatureSource;
  message: SignedMessage;
  urlDecode?: UrlDecode;
  bodyDigest?: BodyDigest;
}
/**
 * A signed token (RFC 7519) that the vendor's key set verifies and that names the body by a claim.
 */
export interface JwtInbound {
  /**
   * A signed token.
   */
  kind: 'jwt';
  /**
   * Template of the address of the vendor's key set (RFC 7517).
   */
  jwks: string;
  /**
   * The algorithms that a token may use.
   *
   * @minItems 1
   */
  algorithms: [
    'RS256' | 'RS384' | 'RS512' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA',
    ...('RS256' | 'RS384' | 'RS512' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA')[]
  ];
  token: SecretSource;
  /**
   * Template of what the claim iss must be.
   */
  issuer?: string;
  /**
   * Template of what the claim aud must hold.
   */
  audience?: string;
  bodyClaim?: BodyClaim;
}
/**
 * Where a token stands: one of header, query and body.
 */
export interface SecretSource {
  /**
   * A header.
   */
  header?: string;
  /**
   * A query parameter.
   */
  query?: string;
  /**
   * A path in the body.
   */
  body?: string;
  /**
   * Path of an array of the body: `body` is then a path in every item of it, and all must hold the token.
   */
  each?: string;
  /**
   * What stands before the token.
   */
  prefix?: string;
}
/**
 * The claim that holds the hash of the body. Without it the token says nothing of the body, which validate warns of.
 */
export interface BodyClaim {
  /**
   * Name of the claim.
   */
  name: string;
  algorithm: HashAlgorithm;
  encoding: SignatureEncoding;
}
/**
 * The secret itself comes with every request.
 */
export interface StaticInbound {
  /**
   * The secret itself.
   */
  kind: 'static';
  key: InboundKey;
  value: SecretSource;
}
/**
 * The vendor signs nothing: values in the body must be the instance's own.
 */
export interface NoneInbound {
  /**
   * No signature.
   */
  kind: 'none';
  /**
   * All that must hold.
   *
   * @minItems 1
   */
  equals: [BodyCondition, ...BodyCondition[]];
}
/**
 * A value of the body and what it must be.
 */
export interface BodyCondition {
  /**
   * Path in the body.
   */
  path: string;
  /**
   * Template of what must stand there; one that renders to nothing refuses every request.
   */
  value: string;
}
/**
 * The vendor's client certificate. Not verified by anyhook itself: validate says what to do instead.
 */
export interface MtlsInbound {
  /**
   * A client certificate.
   */
  kind: 'mtls';
}
/**
 * When the vendor sent it: one of header, entry and body. Outside the window, past or future, it is refused.
 */
export interface InboundTimestamp {
  /**
   * A header.
   */
  header?: string;
  /**
   * The beginning of the entry of the signature header that holds it.
   */
  entry?: string;
  /**
   * A path in the signed body.
   */
  body?: string;
  /**
   * Seconds or milliseconds since 1970, or ISO 8601 with an offset.
   */
  unit: 's' | 'ms' | 'iso';
  /**
   * How far it may be from our clock, to either side.
   */
  windowSeconds?: number;
}
/**
 * A request that is no event but wants an answer.
 */
export interface Handshake {
  when: HandshakeCondition;
  /**
   * Whether it must prove where it is from, as events must. False only where the vendor signs no handshake.
   */
  signed?: boolean;
  respond: HandshakeResponse;
}
/**
 * What tells it: all that is given must hold.
 */
export interface HandshakeCondition {
  /**
   * Its HTTP method.
   */
  method?: 'POST' | 'GET' | 'HEAD' | 'OPTIONS';
  /**
   * A header that it has.
   */
  header?: string;
  /**
   * A query parameter that it has.
   */
  query?: string;
  /**
   * JSONata over the body that is true for it.
   */
  expression?: string;
}
/**
 * A query parameter comes back as plain text.
 */
export interface EchoQueryText {
  /**
   * Echo a query parameter.
   */
  kind: 'echo-query-text';
  /**
   * The parameter.
   */
  query: string;
}
/**
 * A header comes back, and is the key from now on. Refused when there is a key already: a stranger must not replace it.
 */
export interface EchoHeader {
  /**
   * Echo a header and keep it.
   */
  kind: 'echo-header';
  /**
   * The header.
   */
  header: string;
  /**
   * The credential that keeps it.
   */
  credential: string;
}
/**
 * A value of the body comes back as JSON.
 */
export interface EchoJsonField {
  /**
   * Echo a value of the body.
   */
  kind: 'echo-json-field';
  /**
   * Path of the value.
   */
  path: string;
  /**
   * Its name in the answer.
   */
  field: string;
}
/**
 * A token comes back with its keyed hash, by the algorithm and key of auth. The token must be one word of letters, digits, - and _, so that nobody can have a message signed.
 */
export interface CrcHmac {
  /**
   * Hash a token.
   */
  kind: 'crc-hmac';
  /**
   * Path of the token in the body.
   */
  path?: string;
  /**
   * The query parameter that holds the token instead.
   */
  query?: string;
  encoding: SignatureEncoding;
  /**
   * What stands before the hash.
   */
  prefix?: string;
  /**
   * The token's name in the answer; left out when it is not sent back.
   */
  tokenField?: string;
  /**
   * The hash's name in the answer.
   */
  hashField: string;
}
/**
 * A value of the body is the key from now on. Refused when there is a key already.
 */
export interface CaptureToken {
  /**
   * Keep a value of the body.
   */
  kind: 'capture-token';
  /**
   * Path of the value.
   */
  path: string;
  /**
   * The credential that keeps it.
   */
  credential: string;
}
/**
 * An empty answer: a ping, a probe, a proof that right signatures get 200 and wrong ones 401.
 */
export interface Acknowledge {
  /**
   * An empty answer with the status of ack.
   */
  kind: 'acknowledge';
}
/**
 * Consent to one origin (CloudEvents web hooks 1.0.1, §4, abuse protection).
 */
export interface OptionsConsent {
  /**
   * Consent to an origin.
   */
  kind: 'options-consent';
  /**
   * The only origin that is allowed.
   */
  origin: string;
  /**
   * Requests a minute that are allowed; as many as it likes when left out.
   */
  ratePerMinute?: number;
}
/**
 * How a body becomes changes: JSONata, with $headers (names in lower case), $query and $body beside the event itself.
 */
export interface EventReader {
  /**
   * Reads a body only where this is true of it.
   */
  when?: string;
  /**
   * The events of the body: a list, or the one. Left out: the items of the body, or the body when it is no array.
   */
  each?: string;
  /**
   * What kind of record it is about.
   */
  object: string;
  /**
   * The vendor's kinds and the connector's objects. An event of another kind is passed over; whatever its kind, it is also for the instances that have on an object by that name, as anyObject allows. Left out when `object` yields the connector's own names.
   */
  objects?: {
    [k: string]: string;
  };
  /**
   * The id of the record.
   */
  objectId: string;
  /**
   * What happened to it.
   */
  change: string;
  /**
   * The vendor's words for it. An event with another word is passed over. Left out when `change` yields created, updated or deleted.
   */
  changes?: {
    [k: string]: 'created' | 'updated' | 'deleted';
  };
  /**
   * When it happened, RFC 3339. Left out or null: when it came.
   */
  occurredAt?: string;
  /**
   * The vendor account it belongs to: what `route` compares.
   */
  account?: string;
  /**
   * What stays the same when the vendor sends it again.
   */
  dedupe?: string;
  /**
   * The whole native record, as a poll would read it. Left out when the event only names the record: it is then read by the object's `read`. So it is where the proof does not cover the record, or its kind and id, and where it may be older than what was told.
   */
  record?: string;
}
/**
 * What an accepted request is answered.
 */
export interface InboundAck {
  /**
   * HTTP status.
   */
  status?: number;
  /**
   * Type of the body.
   */
  contentType?: string;
  /**
   * The body, word for word; empty when left out.
   */
  body?: string;
}
/**
 * How webhooks are registered at the vendor by its API. Beside settings, templates have {callback.url}, {callback.secret}, the instance's credential of auth.key, made for it when it has none, {callback.expiresAt}, its end by lifeSeconds, {topic}, {field} of a topic of fieldTopics and, after registering, {subscription.name} of what was captured.
 */
export interface InboundSubscriptions {
  /**
   * What is asked for per object: one registration each, as {topic}. Left out when one registration covers all.
   */
  topics?: {
    /**
     * @minItems 1
     */
    [k: string]: [string, ...string[]];
  };
  /**
   * What is asked for, beside topics, for each object that an instance names as anyObject allows: {object.name} is its name.
   *
   * @minItems 1
   */
  topicsByName?: [string, ...string[]];
  /**
   * Whose the webhooks are. Of the account: each instance has its own. Of the app: the operator's app has one set for all the accounts that are connected through it, which is registered by what the connector says under app; the vendor then sends all to one URL, and route says which account an event is for.
   */
  owner?: 'account' | 'app';
  fieldTopics?: FieldTopics;
  /**
   * The most registrations that the vendor keeps; more topics than that are refused by validate.
   */
  limit?: number;
  target?: SubscriptionTarget;
  list?: SubscriptionList;
  /**
   * Requests before one is registered, one after another, for what the vendor must be asked first. What they capture stands in the templates of those after them and of register, as {subscription.name}; it is not kept.
   *
   * @minItems 1
   */
  prepare?: [SubscriptionQuestion, ...SubscriptionQuestion[]];
  register: SubscriptionStep;
  renew?: SubscriptionStep;
  repair?: SubscriptionStep;
  remove?: SubscriptionStep;
  /**
   * How long before its end a subscription is renewed, or registered anew where there is no renew.
   */
  renewBeforeSeconds?: number;
}
/**
 * What is asked for per field, where a vendor tells of changes by the field: one registration for each field that the object's records are asked with. Templates have the topic as {topic}, and the vendor's name of the field as {field}.
 */
export interface FieldTopics {
  /**
   * Object to topic.
   */
  topics: {
    [k: string]: string;
  };
  /**
   * Fields that never change by themselves: ids, times of creation and of change.
   *
   * @minItems 1
   */
  except?: [string, ...string[]];
}
/**
 * How the vendor is told where to send, where that is said once and not in each registration. It is registered before them and removed after them.
 */
export interface SubscriptionTarget {
  list: SubscriptionList;
  register: SubscriptionStep;
  remove?: SubscriptionStep;
}
/**
 * What is registered already. It is asked before anything is registered, so that a crash leaves no second registration, and once a day, to see what the vendor has dropped. One answer must hold all that match: ask for those of {callback.url} where the vendor can be asked so.
 */
export interface SubscriptionList {
  request: SubscriptionRequest;
  /**
   * Path of the list in the answer. Left out when the answer is the only one there is, and no answer (404) means none.
   */
  items?: string;
  /**
   * Which item is the one: paths in it to what stands there; what comes out empty is not there, or empty.
   */
  match: {
    [k: string]: string;
  };
  /**
   * What must stand in it beside, so that it works: paths to values. Where something else stands, `repair` is sent.
   */
  expect?: {
    [k: string]: string | boolean;
  };
  /**
   * What register captures: name to path in the item.
   */
  capture?: {
    [k: string]: string;
  };
  /**
   * Path in the item of when the subscription ends, ISO 8601.
   */
  expiresAt?: string;
}
/**
 * The request, as other requests of the connector.
 */
export interface SubscriptionRequest {
  /**
   * HTTP method.
   */
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Template of the path below the base URL, or a whole URL.
   */
  path: string;
  query?: TextTemplates;
  headers?: TextTemplates;
  /**
   * JSON body, with placeholders.
   */
  body?: {
    [k: string]: unknown;
  };
}
/**
 * One request about a subscription and what its answer tells.
 */
export interface SubscriptionStep {
  request: SubscriptionRequest;
  /**
   * What later requests need: name to path in the answer.
   */
  capture?: {
    [k: string]: string;
  };
  /**
   * Credentials that the answer gives: name to path.
   */
  credentials?: {
    [k: string]: string;
  };
  /**
   * Path of when the subscription ends, ISO 8601.
   */
  expiresAt?: string;
  /**
   * How long it lasts, where the answer does not say; for ever when neither is given.
   */
  lifeSeconds?: number;
}
/**
 * A request that changes nothing, for what a later one needs to know.
 */
export interface SubscriptionQuestion {
  request: SubscriptionRequest;
  /**
   * What is found: name to path in the answer.
   */
  capture: {
    [k: string]: string;
  };
}
/**
 * How the vendor is asked which fields an object has in an account: {object.name} in the request is the object's name at the vendor.
 */
export interface Describe {
  request: RequestTemplate;
  /**
   * Path of the list of fields in the answer.
   */
  fields: string;
  /**
   * JSONata over an entry of the list: the field's name in queries and in {fields}. Entries without one, and names that are no identifiers, are passed over.
   */
  name: string;
  /**
   * JSONata over an entry: the path of the field in a native record. Left out when it is the name.
   */
  path?: string;
  /**
   * JSONata over an entry: the vendor's word for the field's type.
   */
  type: string;
  /**
   * The vendor's types and what a field of each is. Fields of other types are passed over.
   */
  types: {
    [k: string]: FieldDefinition;
  };
  /**
   * JSONata over an entry: false when the vendor refuses a filter on the field.
   */
  filterable?: string;
  /**
   * JSONata over an entry: true when the field is asked for although nobody named it. Left out: always.
   */
  select?: string;
  /**
   * What else the definition of any object needs to know of one: name, as in {object.name}, to JSONata over the answer. Each yields letters, digits, _, - and dots only.
   */
  values?: {
    [k: string]: string;
  };
  /**
   * How long {fields} may be, in characters.
   */
  maxLength?: number;
  /**
   * How often it is asked again.
   */
  everySeconds?: number;
}
/**
 * One field of an object.
 */
export interface FieldDefinition {
  /**
   * Its type in a where. enum and id are text that is compared as a whole.
   */
  type: 'text' | 'enum' | 'id' | 'number' | 'boolean' | 'timestamp' | 'date';
  /**
   * Where it stands in a native record, when that is not its name.
   */
  path?: string;
  /**
   * What it holds.
   */
  description?: string;
  /**
   * How a timestamp is written in a native record.
   */
  format?: 'iso' | 'epoch-s' | 'epoch-ms';
  /**
   * The zone of a timestamp written without an offset, and of a date's day.
   */
  zone?: string;
  /**
   * The smallest step of a timestamp as the vendor stores and compares it.
   */
  granularity?: 'ms' | 's' | 'min' | 'day';
  /**
   * False when {fields} must not name it: the vendor sends it unasked.
   */
  select?: boolean;
  /**
   * False when the vendor refuses a filter on it: then it is only evaluated here.
   */
  filterable?: boolean;
  /**
   * What differs from the dialect for this field: operator to how the vendor's answer relates to ours.
   */
  operators?: {
    [k: string]: 'exact' | 'superset' | 'no';
  };
}
/**
 * Objects that only the account knows, such as those a customer made: an instance names one as the vendor does. Every text of `object` may hold {object.name}, and {object.value} for each of the values of the connector's describe; names of properties may as well.
 */
export interface AnyObject {
  /**
   * A regular expression that the whole name must match. Whatever it allows, a name has letters, digits, _, - and dots only.
   */
  pattern: string;
  /**
   * What such a name is and where a person finds it.
   */
  help: string;
  example: AnyObjectExample;
  object: ObjectDefinition;
}
/**
 * A name that would do, and what its describe would tell of it: with them the definition is checked.
 */
export interface AnyObjectExample {
  /**
   * A name that an object may have.
   */
  name: string;
  [k: string]: string;
}
/**
 * One kind of record.
 */
export interface ObjectDefinition {
  /**
   * Its name for people.
   */
  title: string;
  /**
   * What it is, and what its polling misses.
   */
  description?: string;
  /**
   * The common resource that the mapping yields: a file of schemas/resources.
   */
  resource: string;
  /**
   * Path of the record id in a native record.
   */
  id: string;
  /**
   * The fields a where may name.
   */
  fields: {
    [k: string]: FieldDefinition;
  };
  /**
   * The field that holds when the record was created; decides created or updated for records not in the ledger.
   */
  createdAt?: string;
  /**
   * The field that holds when the record changed last.
   */
  occurredAt: string;
  version: VersionDefinition;
  /**
   * How created and updated records are found.
   *
   * @minItems 1
   * @maxItems 1
   */
  changes: [Detection];
  /**
   * How deleted records are found; absent when the vendor has no way, which validate says, and empty when such records are never deleted. Several are asked one after the other by each poll, in the interval of the first, each from where it stands by itself; what more than one tells of is told once. First stands the one that knows most of what was deleted.
   */
  deletes?: Detection[];
  read?: ReadDefinition;
  trial?: TrialDefinition;
  describe?: DescribedAs;
  /**
   * What it means that a native record lacks a property: with unknown the mapped one is left out; null is for a vendor that leaves out what is empty, and makes it null. Of a deleted record, of which there may be only a stub, it is left out.
   */
  absent?: 'unknown' | 'null';
  /**
   * The common resource, property by property: JSONata over the native record. Objects nest.
   */
  mapping: {
    [k: string]: MappingNode;
  };
}
/**
 * What makes two readings of a record the same version.
 */
export interface VersionDefinition {
  /**
   * Fields that change with every version, such as a counter or the update time.
   *
   * @minItems 1
   */
  fields: [string, ...string[]];
  /**
   * Add a hash of the whole native record: needed where two versions can share those fields, as when the update time has whole seconds.
   */
  hash: boolean;
  /**
   * Top-level properties that the hash leaves out.
   */
  ignore?: string[];
}
/**
 * Ask for a window of time, from the cursor less the overlap to the vendor's clock less the settle time.
 */
export interface WatermarkDetection {
  /**
   * A window of time.
   */
  strategy: 'watermark';
  /**
   * What "changed in the window" is, with :since and :until.
   */
  where: string;
  /**
   * False when the request takes no filter: the where is then only evaluated here.
   */
  pushdown?: boolean;
  /**
   * Path of the count of all records of the query; used to see the cap coming, and to prove an enumeration complete.
   */
  total?: string;
  cursor: CursorTraps;
  /**
   * The widest window that the vendor takes; a longer way is walked in several.
   */
  maxWindowSeconds?: number;
  /**
   * How far back the vendor remembers. A cursor older than this is a gap, which is told and, with a full listing, closed by comparing.
   */
  retentionSeconds?: number;
  full?: FullListing;
  walk?: IdWalk;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * How the cursor field behaves. All must be stated: silence here is how events get lost.
 */
export interface CursorTraps {
  /**
   * The field of time.
   */
  field: string;
  /**
   * The smallest step the vendor compares.
   */
  granularity: 'ms' | 's' | 'min' | 'day';
  /**
   * Whether the vendor's lower bound includes the bound itself.
   */
  inclusive: boolean;
  /**
   * The zone that bounds are written in.
   */
  zone: string;
  /**
   * How far behind the vendor's clock a window ends, so that writes under way are over.
   */
  settleSeconds: number;
  /**
   * How far before the cursor a window starts, so that records indexed late are still found.
   */
  overlapSeconds: number;
  /**
   * The most records one query can yield; null when there is no cap. A window that hits it is split; with server-watermark, which has no upper bound to move, the full listing closes what the answer left out.
   */
  cap: number | null;
  /**
   * Whether the answer comes in ascending order of the field.
   */
  sorted: boolean;
  /**
   * How long the vendor's page cursor stays good, in seconds; null when it does not expire. A poll that broke off goes on at its page for that long, and after it from the window's start. 0 where pages are counted or must not be kept.
   */
  pageCursorSeconds: number | null;
}
/**
 * How all records are listed, where a gap has to be closed by comparing.
 */
export interface FullListing {
  request: RequestTemplate;
  records: RecordsPath;
  /**
   * Path of the count of all records.
   */
  total?: string;
  page: PageDefinition;
}
/**
 * The answer is whole.
 */
export interface NoPages {
  /**
   * All comes in one answer.
   */
  kind: 'none';
}
/**
 * Follow the URL in the answer.
 */
export interface NextUrlPages {
  /**
   * The answer holds the URL of the next page, absolute or relative to the host; it must stay on the same origin.
   */
  kind: 'next-url';
  /**
   * Path of the URL; absent or null on the last page.
   */
  read: string;
  maxPages?: MaxPages;
}
/**
 * Follow the Link header.
 */
export interface LinkHeaderPages {
  /**
   * The header Link with rel=next (RFC 8288).
   */
  kind: 'link-header';
  maxPages?: MaxPages;
}
/**
 * Send back the cursor of the answer.
 */
export interface CursorPages {
  /**
   * The answer holds an opaque cursor that the next request sends back.
   */
  kind: 'cursor';
  /**
   * Path of the cursor; absent or null on the last page.
   */
  read: string;
  /**
   * Path of a boolean that is false on the last page, where the cursor does not tell.
   */
  more?: string;
  send: PageSlot;
  /**
   * The next request must carry no other parameter.
   */
  only?: boolean;
  maxPages?: MaxPages;
}
/**
 * Where the next request carries it.
 */
export interface PageSlot {
  /**
   * Query parameter or property of the JSON body.
   */
  in: 'query' | 'body';
  /**
   * Parameter name, or dotted path in the body.
   */
  name: string;
  /**
   * The parameter is a statement, and the place in it is between these two texts: what the first request has there is replaced.
   *
   * @minItems 2
   * @maxItems 2
   */
  between?: [string, string];
}
/**
 * Count pages.
 */
export interface NumberPages {
  /**
   * Pages are counted.
   */
  kind: 'page-number';
  /**
   * The number of the first page.
   */
  first?: number;
  /**
   * Records in a full page; a shorter one is the last.
   */
  size?: number;
  /**
   * Path of a boolean that is false on the last page.
   */
  more?: string;
  send: PageSlot;
  maxPages?: MaxPages;
}
/**
 * Count rows.
 */
export interface OffsetPages {
  /**
   * Rows are counted.
   */
  kind: 'offset';
  /**
   * The offset of the first row: 0, or 1 where the vendor counts from one.
   */
  first?: number;
  /**
   * Records in a full page; a shorter one is the last.
   */
  size: number;
  send: PageSlot;
  maxPages?: MaxPages;
}
/**
 * Start after the last record.
 */
export interface KeysetPages {
  /**
   * The next page starts after a value of the last record.
   */
  kind: 'keyset';
  /**
   * Path of that value in a record.
   */
  field: string;
  /**
   * Records in a full page; a shorter one is the last.
   */
  size: number;
  send: PageSlot;
  maxPages?: MaxPages;
}
/**
 * Walk a window by id where it holds more than the vendor returns at once: thousands of records may carry one time.
 */
export interface IdWalk {
  request: RequestTemplate;
  /**
   * The window, and ids after :after.
   */
  where: string;
  /**
   * The field of the id, in whose ascending order the request answers. Of type number where ids are counted.
   */
  field: string;
  /**
   * Records in a full page; a shorter one is the last.
   */
  size: number;
}
/**
 * The records of the answer are entries of a log, each about a record: where it says which, and what happened to it.
 */
export interface LogEntry {
  /**
   * Path of the id of the record that it is about.
   */
  objectId: string;
  /**
   * Path of what happened.
   */
  action?: string;
  /**
   * The vendor's words for it. A word that is not here is ignored, and counted.
   */
  actions?: {
    [k: string]: 'created' | 'updated' | 'deleted' | 'ignored';
  };
  /**
   * Path of the record in the entry; without it the record is read by its id, which needs read on the object.
   */
  record?: string;
}
/**
 * The records belong to parents, each asked on its own: {parent} in the request is its id. Each parent has its own cursor; a new parent starts at the beginning of the instance.
 */
export interface Parents {
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  /**
   * Path of the parent's id.
   */
  id: string;
}
/**
 * The first page is asked for with If-None-Match, and 304 is nothing new (RFC 9110 §13.1.2). Only where the tag of the first page stands for every change: a snapshot, or a list that comes newest first.
 */
export interface EtagGate {
  /**
   * By the ETag of the first page.
   */
  kind: 'etag';
}
/**
 * A value, such as the newest change time and the count, that moves with every change.
 */
export interface ProbeGate {
  /**
   * By a value.
   */
  kind: 'probe';
  request: RequestTemplate;
  /**
   * Path of the value in the answer.
   */
  read: string;
}
/**
 * That this way is only used where a value of the account's object says so. Not for the first of a list.
 */
export interface DetectionWhen {
  /**
   * One of the values of describe, as {object.…}.
   */
  value: string;
  /**
   * What it must be.
   */
  equals: string;
}
/**
 * Walk by time and id: each page is asked for from the last record of the one before, so that no page can slip and no tie is cut.
 */
export interface KeysetDetection {
  /**
   * A position of time and id.
   */
  strategy: 'keyset';
  /**
   * Records after a moment: its bound :since is exclusive, :until is too.
   */
  where: string;
  /**
   * Records of the moment :since whose tie field comes after :after.
   */
  ties: string;
  /**
   * The field that orders records of one moment; unique.
   */
  tie: string;
  /**
   * Records in a full page; a shorter one is the last of its query. 1 where the vendor may cut pages short: then an empty one is the last.
   */
  size: number;
  /**
   * False when the request takes no filter: the where is then only evaluated here.
   */
  pushdown?: boolean;
  cursor: CursorTraps;
  /**
   * How far back the vendor remembers. A cursor older than this is a gap, which is told and, with a full listing, closed by comparing.
   */
  retentionSeconds?: number;
  full?: FullListing;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * The vendor itself says up to when an answer is complete; the cursor is that time.
 */
export interface ServerWatermarkDetection {
  /**
   * The vendor's own time of what is complete.
   */
  strategy: 'server-watermark';
  /**
   * Path, in the last page's answer, of the time up to which it is complete. ISO 8601.
   */
  covered: string;
  /**
   * What "changed in the window" is, with :since and :until; absent where the request takes {since} and {until} itself.
   */
  where?: string;
  /**
   * False when the request takes no filter: the where is then only evaluated here.
   */
  pushdown?: boolean;
  /**
   * Path of the count of all records of the query; used to see the cap coming, and to prove an enumeration complete.
   */
  total?: string;
  cursor: CursorTraps;
  /**
   * The widest window that the vendor takes; a longer way is walked in several.
   */
  maxWindowSeconds?: number;
  /**
   * The narrowest window that the vendor takes; a narrower one waits for a later poll.
   */
  minWindowSeconds?: number;
  /**
   * How far back the vendor remembers. A cursor older than this is a gap, which is told and, with a full listing, closed by comparing.
   */
  retentionSeconds?: number;
  full?: FullListing;
  /**
   * Path, in any answer, of the time since when the vendor still knows: it may forget sooner than retentionSeconds says, and refuse a window from before by a cursor-expired of http.errors. Then the end of the window is asked for alone, the gap up to this time is told, and the rest is read. ISO 8601.
   */
  earliest?: string;
  /**
   * For a log, which goes on telling of what was brought back: a record that nobody was told is gone is read by its id before it is told as deleted. Needs read on the object.
   */
  confirm?: boolean;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * The vendor hands out a token that stands for what has been read, and answers what is new since.
 */
export interface DeltaDetection {
  /**
   * A token of the vendor.
   */
  strategy: 'delta';
  since?: RequestTemplate;
  token: DeltaToken;
  /**
   * Whether the delta tells of deletes; with deletedWhen or entry it says which rows they are.
   */
  deletes?: boolean;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * Where the last page holds the next token, and how long one lives.
 */
export interface DeltaToken {
  /**
   * Path of the token or URL in the last page's answer.
   */
  read: string;
  /**
   * How long a token lives, in seconds; null when it does not expire. After that, and when the vendor refuses it, all is listed anew and compared.
   */
  lifetimeSeconds: number | null;
}
/**
 * Records have ids that only grow: ask for those after the last one. For records that are never edited.
 */
export interface SinceIdDetection {
  /**
   * The last id.
   */
  strategy: 'since-id';
  id: GrowingId;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * The id that grows.
 */
export interface GrowingId {
  /**
   * Its field; of type number where ids are counted, else compared as text.
   */
  field: string;
  /**
   * What {after} is before there is an id.
   */
  first?: string;
  /**
   * Ids are given at the write and seen at the commit: records younger than this are read again, so that one with a smaller id that comes late is not passed over.
   */
  settleSeconds: number;
}
/**
 * The list comes newest first: read down to what is known, and one page more.
 */
export interface NewestFirstDetection {
  /**
   * From the newest down to the cursor.
   */
  strategy: 'newest-first';
  cursor: CursorTraps;
  /**
   * Pages read past the bound: records move down while the pages are walked.
   */
  extraPages?: number;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * Read everything, and compare with what is known by version: the only way at most vendors to see deletes.
 */
export interface SnapshotDetection {
  /**
   * All records, compared.
   */
  strategy: 'snapshot';
  /**
   * Path of the count of all records of the query; used to see the cap coming, and to prove an enumeration complete.
   */
  total?: string;
  breaker: DeleteBreaker;
  /**
   * Read each missing record by its id before it is told as deleted: only a vendor that answers not found is believed. Needs read on the object.
   */
  confirm?: boolean;
  proof?: ListingProof;
  request: RequestTemplate;
  records: RecordsPath;
  page: PageDefinition;
  deletedWhen?: DeletedWhen;
  deletedId?: DeletedId;
  entry?: LogEntry;
  parents?: Parents;
  gate?: Gate;
  thin?: Thin;
  name?: DetectionName;
  when?: DetectionWhen;
  everySeconds?: EverySeconds;
}
/**
 * How many records may be gone at once before a person is asked: a listing that lost its rights looks like a mass delete.
 */
export interface DeleteBreaker {
  /**
   * The largest part of all known records that may be gone at once.
   */
  share: number;
  /**
   * So many may be gone whatever the share, for small sets.
   */
  atLeast: number;
}
/**
 * What must be true for the listing to be whole, where the vendor hides records from those who lack a right, and answers not found for each of them. Without it nothing is listed and nothing told.
 */
export interface ListingProof {
  request: RequestTemplate;
  records: RecordsPath;
  /**
   * Path of a text in each of them; empty where they are texts.
   */
  path: string;
  /**
   * The text that one of them must have.
   */
  equals: string;
}
/**
 * How one record is read by its id: {id} in the request.
 */
export interface ReadDefinition {
  request: RequestTemplate;
  /**
   * Path of the record in the answer; empty for the whole. A list stands for its first record, and an empty one for not found.
   */
  record?: string;
  /**
   * A regular expression that the whole id must match before it goes into the request: an id comes from outside and must not end a quote or a path.
   */
  idPattern?: string;
  many?: ReadManyDefinition;
}
/**
 * How several records are read by their ids in one request: {ids} in it. Used wherever more than one is to be read; where it is left out, or refused for one of the ids, they are read one by one. Records must come as the request for one shows them.
 */
export interface ReadManyDefinition {
  request: RequestTemplate;
  /**
   * How many ids the vendor takes in one request: no more than it answers on one page, or than a URL has room for.
   */
  most: number;
  /**
   * How one id is written: a text or any JSON, with {id}; left out, the id itself. {ids} stands for the list of them, or, within a longer text, for them joined by commas.
   */
  each?:
    | string
    | {
        [k: string]: unknown;
      };
  records: RecordsPath;
  /**
   * Path, in a record, of the id that it was asked for by. Left out where that is the object's own id.
   */
  id?: string;
  /**
   * What it means that the answer leaves an id out: gone only where the vendor documents that it leaves out what is not there, and nothing else; read looks for each once more by the request for one.
   */
  missing?: 'gone' | 'read';
  /**
   * JSONata over the answer: the ids of which the vendor says that there is no record.
   */
  gone?: string;
}
/**
 * How a throw-away record of this object is created, changed and deleted at the vendor: anyhook test does so to see whether the changes come out as events. Beside settings, templates have {mark}, a text of small letters, digits and hyphens that is new for each write and that a poll must find somewhere in the record; {found.name} of what was looked up; after create {id}, and, of a record that can be read by its id, {record.field}, as it was just before.
 */
export interface TrialDefinition {
  /**
   * What a new record must refer to: name to how one that is there is looked up.
   */
  find?: {
    [k: string]: TrialFind;
  };
  create: TrialRequest;
  /**
   * Path of the new record's id in the answer to create.
   */
  id: string;
  update: TrialRequest;
  delete: TrialRequest;
  merge?: TrialRequest;
}
/**
 * A look-up of what a new record must refer to.
 */
export interface TrialFind {
  request: RequestTemplate;
  /**
   * Path of the value in the answer.
   */
  read: string;
}
/**
 * A request that changes a record. One that merges another record into this one has the other's id as {other}.
 */
export interface TrialRequest {
  /**
   * HTTP method.
   */
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Template of the path below the base URL, or a whole URL.
   */
  path: string;
  query?: TextTemplates;
  headers?: TextTemplates;
  /**
   * JSON body, with placeholders.
   */
  body?: {
    [k: string]: unknown;
  };
}
/**
 * That the vendor is asked which fields the object has, by the connector's describe: custom fields can then stand in the where of an instance, and {fields} names them. Declared fields keep what is declared of them.
 */
export interface DescribedAs {
  /**
   * The object by the vendor's name: {object.name} of the request.
   */
  object: string;
  /**
   * JSONata over an entry of the list: true when the field is asked for although nobody named it. Left out: as the connector's describe says.
   */
  select?: string;
  alias?: ObjectAlias;
}
/**
 * How it is found out what the vendor's webhooks call an object that an instance goes by the name of, where that may be another name.
 */
export interface ObjectAlias {
  request?: RequestTemplate;
  /**
   * JSONata over the answer to that request, or to the connector's describe when there is none. A vendor that does not tell is taken to have no other name.
   */
  value: string;
}
