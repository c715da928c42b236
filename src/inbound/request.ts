/** An inbound request as it came over the wire, and reading single values out of it. */
import type { RefusalCode } from '../diagnostic/refusal.ts';

export interface InboundRequest {
  /** In upper case. */
  readonly method: string;
  /**
   * What the vendor called: the configured public base URL with the path and the raw query of this request, nothing
   * decoded or put in order. Never from Host or X-Forwarded-*. Empty when none is configured.
   */
  readonly url: string;
  /** Every value of every header, names in lower case: `headersDistinct` of node:http. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** The bytes that came, before anything parsed them. */
  readonly body: Buffer;
}

/** Not taken, and why. */
export class Refused {
  readonly code: RefusalCode;

  constructor(code: RefusalCode) {
    this.code = code;
  }
}

/** Longer than any signature, token or time; what is longer is not even looked at. */
const longestValue = 16_384;

/** The one value of a header; the name in lower case. */
export function readHeader({ headers }: InboundRequest, name: string): string | Refused {
  return onlyOne(Object.hasOwn(headers, name) ? (headers[name] ?? []) : []);
}

/** The one value of a query parameter, decoded. */
export function readQuery({ url }: InboundRequest, name: string): string | Refused {
  if (!URL.canParse(url)) return new Refused('inbound-url-unknown');
  return onlyOne(new URL(url).searchParams.getAll(name));
}

function onlyOne(values: readonly string[]): string | Refused {
  const [value] = values;
  if (value === undefined || value === '') return new Refused('inbound-value-missing');
  if (values.length > 1) return new Refused('inbound-value-repeated');
  return value.length > longestValue ? new Refused('inbound-too-large') : value;
}
