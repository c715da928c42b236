/** What the vendor, or a stranger, is answered. */
import type { InboundWay } from '../connector/inbound.ts';
import type { RefusalCode } from '../diagnostic/refusal.ts';

export interface InboundAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Events were taken. */
export function acknowledgement({ ack }: InboundWay): InboundAnswer {
  const { status, contentType, body } = ack;
  return { status, headers: contentType === null ? {} : { 'content-type': contentType }, body };
}

export function emptyAnswer(status: number): InboundAnswer {
  return { status, headers: {}, body: '' };
}

export function jsonAnswer(value: unknown): InboundAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Never as HTML: it is a stranger's text, answered under our name. */
export function textAnswer(text: string): InboundAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status: 200, headers, body: text };
}

/** A status and nothing else: why a request was refused is no business of a stranger. */
export function refusal(code: RefusalCode, { onInvalid, methods }: InboundWay): InboundAnswer {
  switch (code) {
    case 'inbound-method':
      return { status: 405, headers: { allow: methods.join(', ') }, body: '' };
    case 'inbound-too-large':
      return emptyAnswer(413);
    case 'inbound-body-unreadable':
      return emptyAnswer(400);
    // Ours to mend: the vendor sends it again, and by then it may be.
    case 'inbound-expression-failed':
      return emptyAnswer(500);
    default:
      return emptyAnswer(onInvalid);
  }
}
