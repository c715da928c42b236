/** The shape in which a callback asks for its events. */
import type { StreamEvent } from './event.ts';

export type EventFormatName = 'structured' | 'binary' | 'batched' | 'cloud-elements';

/** An event as it goes over the wire, before it is signed. Header names are in lower case. */
export interface RenderedEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface EventFormat {
  render(event: StreamEvent): RenderedEvent;
  /**
   * Header for a second signature over the body alone, which receivers written for this format look for:
   * `sha256=` and the base64 of HMAC-SHA256 by the callback's secret. Absent where Standard Webhooks is all there is.
   */
  readonly bodySignatureHeader?: string;
}
