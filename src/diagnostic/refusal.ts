/**
 * Why an inbound request, or an event in one, was not taken. A refusal is a value: strangers send what they like, and
 * that is no failure of ours or the vendor's. It is logged and counted by its code; the answer to the stranger says
 * nothing but a status.
 */
export const refusalCodes = {
  // the request
  'inbound-method': 'The method is none that this way takes.',
  'inbound-too-large': 'The body or a header is larger than the limit.',
  'inbound-secret-missing': 'The instance holds no usable secret to verify with.',
  'inbound-url-unknown': 'The vendor signs the URL, and no usable public URL is configured.',
  'inbound-value-missing': 'A header, parameter or value that must be there is not.',
  'inbound-value-repeated': 'A header or parameter that must be there once comes several times.',
  'inbound-signature-wrong': 'No signature of the request is right.',
  'inbound-token-wrong': 'The token of the request is not right, or no longer.',
  'inbound-condition-failed': 'A value of the body is not the instance’s own.',
  'inbound-time-unreadable': 'The time of the request cannot be read.',
  'inbound-too-old': 'The request was sent too long ago: it may be a replay.',
  'inbound-too-new': 'The request says it was sent in the future.',
  'inbound-body-unreadable': 'The body is not what the way says it is.',
  'inbound-handshake-closed': 'A handshake would replace the key that is there.',
  'inbound-expression-failed': 'An expression of the connector could not be evaluated for this body.',
  // an event in it
  'event-unexpected': 'No reader of the connector reads this body.',
  'event-object-unknown': 'The event is about a kind of record that is not watched.',
  'event-change-unknown': 'The event tells of something that is no change of a record.',
  'event-without-id': 'The event does not say which record.',
  'event-without-account': 'The event does not say which account it belongs to.',
  'event-time-unreadable': 'The time of the event cannot be read.',
  'event-unreadable': 'An expression of the connector could not be evaluated for this event.',
} as const;

export type RefusalCode = keyof typeof refusalCodes;
