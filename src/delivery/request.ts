/** An event as a signed request to a callback. */
import type { StreamEvent } from '../event/event.ts';
import { eventFormats } from '../event/formats.ts';
import type { Callback } from '../store/port.ts';
import type { CallbackRequest } from './send.ts';
import { bodySignature, signatureHeaders } from './sign.ts';

/** @param nowMs When the attempt is made: its timestamp is signed. */
export function callbackRequest(event: StreamEvent, callback: Callback, nowMs: number): CallbackRequest {
  const { render, bodySignatureHeader } = eventFormats[callback.format];
  const { headers, body } = render(event);
  const { secret, retiring } = callback;
  const secrets = retiring !== undefined && nowMs < retiring.until ? [secret, retiring.secret] : [secret];
  const signable = { id: event.id, timestampSeconds: Math.floor(nowMs / 1000), body };
  return {
    url: callback.url,
    body,
    headers: {
      ...headers,
      ...signatureHeaders(signable, secrets),
      ...(bodySignatureHeader === undefined ? {} : { [bodySignatureHeader]: bodySignature(body, secret) }),
    },
  };
}
