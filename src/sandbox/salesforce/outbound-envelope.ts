import type { Json } from '../json.ts';

/** What one outbound message says. */
export interface OutboundMessage {
  readonly organizationId: string;
  readonly actionId: string;
  /** Of the org: the SOAP URLs of both WSDLs hang from it. */
  readonly origin: string;
  readonly object: string;
  readonly notifications: readonly OutboundNotification[];
}

export interface OutboundNotification {
  readonly id: string;
  /** Fields in the order they are written; null ones are left out. */
  readonly fields: readonly (readonly [name: string, value: Json])[];
}

const apiVersion = '62.0';

/** Makes any text safe in XML 1.0: markup is escaped, a carriage return survives, and what XML cannot hold at all is dropped. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
      .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

/** The SOAP envelope that a listener gets, by the outbound messaging WSDL. */
export function renderEnvelope(message: OutboundMessage): string {
  const { organizationId, actionId, origin, object, notifications } = message;
  const organization15 = organizationId.slice(0, 15);
  const soapUrl = (kind: string): string =>
    escapeXml(`${origin}/services/Soap/${kind}/${apiVersion}/${organization15}`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${escapeXml(organizationId)}</OrganizationId>
   <ActionId>${escapeXml(actionId)}</ActionId>
   <SessionId xsi:nil="true"/>
   <EnterpriseUrl>${soapUrl('c')}</EnterpriseUrl>
   <PartnerUrl>${soapUrl('u')}</PartnerUrl>
${notifications.map((notification) => renderNotification(object, notification)).join('\n')}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
}

function renderNotification(object: string, { id, fields }: OutboundNotification): string {
  const elements = fields.flatMap(([name, value]) => {
    if (value === null) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [`     <sf:${name}>${escapeXml(text)}</sf:${name}>`];
  });
  return `   <Notification>
    <Id>${escapeXml(id)}</Id>
    <sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
${elements.join('\n')}
    </sObject>
   </Notification>`;
}

/** Whether a listener's answer takes the message: a SOAP body with `<Ack>true</Ack>`, whatever prefix it gives the namespace. */
export function isAcknowledged(body: string): boolean {
  return /<(?:[\w.-]+:)?notificationsResponse[\s>][\s\S]*<((?:[\w.-]+:)?Ack)(?:\s[^<>]*)?>\s*(?:true|1)\s*<\/\1\s*>/.test(
    body,
  );
}
