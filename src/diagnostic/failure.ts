/**
 * A failure is the world going wrong: a vendor that does not answer, a credential that was revoked, a full disk.
 * It is thrown, has a code that programs match on, and says whether trying again can help.
 * It never carries a secret: callers put only what may be shown into `message` and `detail`.
 */
export const failureCodes = {
  // the vendor
  'vendor-unreachable': 'No connection, or it broke or timed out.',
  'vendor-unavailable': 'The vendor answered with a server error.',
  'vendor-throttled': 'The vendor asks to slow down.',
  'vendor-answer-unreadable':
    'The vendor answered something that is not what its API documents: HTML, an empty body, broken JSON.',
  'vendor-clock-unsure': 'The answers of the vendor tell different times, so that none can be believed.',
  'vendor-page-repeated': 'The vendor sent the same page or page cursor twice; going on would loop.',
  'vendor-filter-ignored': 'The vendor returned records outside the window that was asked for.',
  'vendor-cap-reached': 'One smallest window holds more records than the vendor can return.',
  'request-refused': 'The vendor refused the request as wrong.',
  'field-missing': 'The vendor account has no such field or object, or no longer shows it.',
  'not-found': 'The vendor has no such resource.',
  'credentials-expired': 'The access token has expired; a new one is asked for once.',
  'credentials-refused': 'The vendor refused the credentials.',
  'scope-missing': 'The credentials do not allow this.',
  'cursor-expired': 'The vendor no longer knows the page cursor.',
  'history-gap': 'The vendor no longer tells what changed in a time that was not polled.',
  'deletes-held': 'So many records are gone at once that a person is asked before they are told as deleted.',
  'enumeration-unproved': 'A listing of all records is not proved complete, so nothing was told as deleted from it.',
  'log-entry-unknown': 'A log tells of an action that the connector does not know.',
  // records
  'record-without-id': 'A record has no id.',
  'record-id-refused': 'The id of a record is none that may go into a request.',
  'record-time-unreadable': 'A record’s time cannot be read.',
  'record-time-future': 'A record’s time lies in the future.',
  'mapping-failed': 'A mapping could not be evaluated for a record.',
  // addresses and delivery
  'address-forbidden': 'The address is not one that outbound calls may reach.',
  'callback-unreachable': 'The callback did not answer.',
  'callback-refused': 'The callback answered with something other than success.',
  // storage
  'lease-lost': 'Another worker has taken over, or the instance is gone.',
  'ledger-moved': 'Another feed of the object has told of one of the same records; it is judged anew.',
  'store-locked': 'Another process holds the data directory.',
  'store-corrupt': 'Stored data does not have the expected shape.',
  'store-unavailable': 'The database cannot be read or written now: a full disk, a missing permission.',
  'secret-key-wrong': 'Stored secrets cannot be opened with this key.',
  'account-waiting': 'The vendor account is over its quota, so the request was not sent yet.',
  internal: 'A bug: it ended one unit of work, and the log has the rest.',
  'webhook-unverifiable': 'What the vendor would send by webhook could not be verified, so it is not asked to.',
  'listen-failed': 'The port cannot be opened.',
  'vendor-clock-behind': 'The vendor was read up to a time that its clock has yet to reach, by days.',
  'instance-moved': 'The instance was changed by somebody else meanwhile; the change is made anew.',
  'record-id-unusable': 'The id of a record is too long to be kept, or no text that can be.',
} as const;

export type FailureCode = keyof typeof failureCodes;

export interface FailureOptions {
  /** Whether trying the same again later can succeed. */
  readonly retryable: boolean;
  /** How long to wait first, in milliseconds, when the other side said so. */
  readonly retryAfterMs?: number;
  /** What a person can do about it. */
  readonly help?: string;
  /** More that may be shown and logged: status, vendor error code, record id. No secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class Failure extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly help: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, message: string, options: FailureOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.help = options.help;
    this.detail = options.detail ?? {};
  }
}
