/** Each vendor's webhooks as whoever knows its secrets could post them: any order, any time, any mark of a delivery. */
import { signV3 } from '../../src/sandbox/hubspot/sign.ts';
import { type Operation, renderCloudEvents, sign } from '../../src/sandbox/quickbooks/webhook.ts';
import { organizationId } from '../../src/sandbox/salesforce/outbound.ts';
import { renderEnvelope } from '../../src/sandbox/salesforce/outbound-envelope.ts';
import { sign as signShopify } from '../../src/sandbox/shopify/webhook.ts';
import type { Site } from './site.ts';

/** What a post needs to know of the site that takes it. */
export type PostedTo = Pick<Site, 'now' | 'url'> & { readonly sandbox: Pick<Site['sandbox'], 'origin'> };

export interface Telling {
  readonly change: 'created' | 'updated' | 'deleted';
  readonly recordId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** What stays the same when it is sent again. */
  readonly mark: string;
}

export interface Sender {
  readonly vendor: string;
  /** The connector's object, and the sandbox's. */
  readonly object: string;
  readonly native: string;
  readonly draft: Readonly<Record<string, unknown>>;
  /** A change that gives the record a new version. */
  readonly revision: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly credentials?: Readonly<Record<string, string>>;
  /** Whether there are webhooks of deletes. */
  readonly tellsDeletes: boolean;
  /** Events in one post at most; the vendors send fewer. */
  readonly most: number;
  /** @param account null for the instance's own. */
  post(site: PostedTo, id: string, tellings: readonly Telling[], account?: string | null): Post;
}

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const portalId = '62515';
const realmId = '9130357992222222';

const hubspotWords = { created: 'creation', updated: 'propertyChange', deleted: 'deletion' } as const;
const shopifyWords = { created: 'create', updated: 'update', deleted: 'delete' } as const;
const dynamicsWords = { created: 'Create', updated: 'Update', deleted: 'Delete' } as const;

const hubspot: Sender = {
  vendor: 'hubspot',
  object: 'contact',
  native: 'contacts',
  draft: { properties: { email: 'mara@lindcycles.example' } },
  revision: { properties: { firstname: 'Mara' } },
  settings: { portalId },
  credentials: { clientSecret: 'sandbox-secret' },
  tellsDeletes: true,
  most: 1000,
  post: (site, _id, tellings, account) => {
    const events = tellings.map(({ change, recordId, atMs, mark }) => ({
      eventId: mark,
      subscriptionId: 25,
      portalId: Number(account ?? portalId),
      occurredAt: atMs,
      subscriptionType: `contact.${hubspotWords[change]}`,
      objectId: Number(recordId),
    }));
    return signedByHubspot(site, events);
  },
};

function signedByHubspot(site: PostedTo, events: readonly object[]): Post {
  const url = site.url('events');
  const body = JSON.stringify(events);
  const sentAtMs = site.now();
  const signature = signV3({ secret: 'sandbox-secret', method: 'POST', url, body }, sentAtMs);
  const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': String(sentAtMs) };
  return { url, body, headers };
}

/** A custom object: its posts name it by its type id. */
const hubspotByName: Sender = {
  ...hubspot,
  object: 'p62515_bicycles',
  native: 'p62515_bicycles',
  draft: { properties: { model: 'Courier' } },
  revision: { properties: { model: 'Courier Ulm' } },
  post: (site, _id, tellings, account) =>
    signedByHubspot(
      site,
      tellings.map(({ change, recordId, atMs, mark }) => ({
        eventId: mark,
        subscriptionId: 51,
        portalId: Number(account ?? portalId),
        occurredAt: atMs,
        subscriptionType: `object.${hubspotWords[change]}`,
        objectTypeId: '2-3465404',
        objectId: Number(recordId),
      })),
    ),
};

const quickbooks: Sender = {
  vendor: 'quickbooks',
  object: 'invoice',
  native: 'Invoice',
  draft: {
    CustomerRef: { value: '1' },
    Line: [{ Amount: 340, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { Qty: 1, UnitPrice: 340 } }],
  },
  revision: { PrivateNote: 'Pays late.' },
  tellsDeletes: true,
  most: 1000,
  post: (site, _id, tellings, account) => {
    const happenings = tellings.map(({ change, recordId, atMs, mark }) => ({
      id: mark,
      realmId: account ?? realmId,
      entity: 'Invoice',
      entityId: recordId,
      operation: change satisfies Operation,
      time: new Date(atMs).toISOString(),
    }));
    const body = JSON.stringify(renderCloudEvents(happenings));
    return { url: site.url('events'), body, headers: { 'intuit-signature': sign('sandbox-verifier-token', body) } };
  },
};

const dynamics: Sender = {
  vendor: 'dynamics',
  object: 'contact',
  native: 'contact',
  draft: { lastname: 'Lind' },
  revision: { firstname: 'Mara' },
  tellsDeletes: true,
  most: 1,
  post: (site, id, tellings) => dynamicsPost('contact', site, id, tellings),
};

function dynamicsPost(table: string, site: PostedTo, id: string, [telling]: readonly Telling[]): Post {
  const { change = 'updated', recordId = '', atMs = 0, mark = '' } = telling ?? {};
  const body = JSON.stringify({
    MessageName: dynamicsWords[change],
    OperationCreatedOn: `/Date(${atMs}+0000)/`,
    OperationId: mark,
    PrimaryEntityName: table,
    PrimaryEntityId: recordId,
  });
  return { url: site.url('events', id), body, headers: { 'x-anyhook-key': 'sandbox-webhook-key' } };
}

const dynamicsByName: Sender = {
  ...dynamics,
  object: 'new_bicycle',
  native: 'new_bicycle',
  draft: { new_name: 'Courier' },
  revision: { new_name: 'Courier Ulm' },
  post: (site, id, tellings) => dynamicsPost('new_bicycle', site, id, tellings),
};

const salesforce: Sender = {
  vendor: 'salesforce',
  object: 'contact',
  native: 'Contact',
  draft: { LastName: 'Lind' },
  revision: { FirstName: 'Mara' },
  settings: { organizationId },
  tellsDeletes: false,
  most: 1000,
  post: (site, id, tellings, account) => outboundOf('Contact', site, id, tellings, account),
};

function outboundOf(
  object: string,
  site: PostedTo,
  id: string,
  tellings: readonly Telling[],
  account: string | null | undefined,
): Post {
  const body = renderEnvelope({
    organizationId: account ?? organizationId,
    actionId: '04k5g000000GxYzAAK',
    origin: site.sandbox.origin,
    object,
    notifications: tellings.map(({ recordId, mark }) => ({ id: mark, fields: [['Id', recordId]] })),
  });
  return { url: site.url('outbound', id), body, headers: { 'content-type': 'text/xml; charset=utf-8' } };
}

const salesforceByName: Sender = {
  ...salesforce,
  object: 'Invoice__c',
  native: 'Invoice__c',
  draft: { Name: 'INV-1' },
  revision: { Name: 'INV-1, corrected' },
  post: (site, id, tellings, account) => outboundOf('Invoice__c', site, id, tellings, account),
};

const shopify: Sender = {
  vendor: 'shopify',
  object: 'product',
  native: 'products',
  draft: { title: 'Bell' },
  revision: { title: 'Bell, brass' },
  tellsDeletes: true,
  most: 1,
  post: (site, id, [telling]) => {
    const { change = 'updated', recordId = '', atMs = 0, mark = '' } = telling ?? {};
    const body = JSON.stringify({ id: Number(recordId) });
    const headers = {
      'x-shopify-topic': `products/${shopifyWords[change]}`,
      'x-shopify-hmac-sha256': signShopify('sandbox-secret', body),
      'x-shopify-triggered-at': new Date(atMs).toISOString(),
      'x-shopify-webhook-id': mark,
    };
    return { url: site.url('events', id), body, headers };
  },
};

export const senders: readonly Sender[] = [hubspot, quickbooks, dynamics, salesforce, shopify];

/** Of objects that only the account knows. */
export const sendersByName: readonly Sender[] = [hubspotByName, dynamicsByName, salesforceByName];

export function senderOf(vendor: string): Sender {
  const sender = senders.find((one) => one.vendor === vendor);
  if (sender === undefined) throw new Error(`no sender for ${vendor}`);
  return sender;
}
