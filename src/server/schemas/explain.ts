/** What a where becomes, on the wire. */
import { connectorKey, instanceId, settings } from './instance.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapOf, record } from './json-schema.ts';
import { diagnostic } from './problem.ts';

export const explainInput = record(
  'ExplainInput',
  'A where to be explained for an object.',
  {
    connector: connectorKey,
    object: { type: 'string', minLength: 1, maxLength: 255, description: 'The object’s name.', examples: ['contact'] },
    where: {
      type: 'string',
      description: 'The instance’s own filter; without it, what is polled by.',
      examples: ["status = 'open'"],
    },
    instanceId: {
      ...instanceId,
      description: 'An instance whose settings, where and fields of its account are taken.',
    },
    settings: { ...settings, description: 'Settings of the instance that is imagined.' },
    parameters: mapOf(
      { type: ['string', 'number', 'boolean'], description: 'The value; an instant as RFC 3339 text.' },
      'Values of :parameters, by name.',
      { maxProperties: 100, examples: [{ since: '2026-03-14T00:00:00Z' }] },
    ),
  },
  {
    optional: ['where', 'instanceId', 'settings', 'parameters'],
    examples: [{ connector: 'acme-crm', object: 'contact', where: "status = 'open'" }],
  },
);

const method: JsonSchema = { enum: ['GET', 'POST'], description: 'HTTP method.', examples: ['GET'] };
const headers = mapOf({ type: 'string', description: 'The value.' }, 'Headers, without those that authenticate.');
const anyJson: JsonSchema = { description: 'Any JSON.' };

const shownRequest = record('ShownRequest', 'The request as a person reads it.', {
  method,
  url: { type: 'string', description: 'The whole URL.', examples: ['https://acme.example.com/contacts?status=open'] },
  headers,
  body: { ...anyJson, description: 'The JSON body; null when there is none.' },
});

const vendorRequest = record(
  'VendorRequest',
  'One request to the vendor.',
  {
    method,
    path: { type: 'string', description: 'Path below the base URL, or a whole URL.', examples: ['/contacts'] },
    query: {
      type: 'array',
      items: {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: { type: 'string', description: 'The name, then the value.' },
        description: 'One query parameter.',
      },
      description: 'Query parameters, in order.',
      examples: [[['status', 'open']]],
    },
    headers,
    body: anyJson,
  },
  { optional: ['body'] },
);

const predicate = record('Predicate', 'Where one predicate of the where is evaluated.', {
  text: { type: 'string', description: 'The predicate.', examples: ["status = 'open'"] },
  pushed: {
    enum: ['exact', 'superset', 'no'],
    description:
      'exact: the vendor does it. superset: the vendor does it wider and it is evaluated here too. no: here only.',
    examples: ['exact'],
  },
  reason: { type: 'string', description: 'Why.', examples: ['The vendor compares text as a whole.'] },
});

export const explanation = record(
  'Explanation',
  'The request that a where becomes, and why.',
  {
    request: shownRequest,
    requests: {
      type: 'array',
      items: vendorRequest,
      description: 'All requests; more than one when a list is longer than the vendor takes.',
    },
    predicates: { type: 'array', items: predicate, description: 'Every predicate, in the order written.' },
    residual: {
      type: ['string', 'null'],
      description: 'What is evaluated here on what comes back; null when the vendor’s answer is all there is to it.',
    },
    diagnostics: { type: 'array', items: diagnostic, description: 'Warnings and hints.' },
  },
  {
    examples: [
      {
        request: { method: 'GET', url: 'https://acme.example.com/contacts?status=open', headers: {}, body: null },
        requests: [{ method: 'GET', path: '/contacts', query: [['status', 'open']], headers: {} }],
        predicates: [{ text: "status = 'open'", pushed: 'exact', reason: 'The vendor compares text as a whole.' }],
        residual: null,
        diagnostics: [],
      },
    ],
  },
);
