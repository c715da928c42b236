import type { Hidden } from '../hidden.ts';
import { keyPrefixOf } from './ids.ts';

export type FieldType =
  | 'id'
  | 'reference'
  | 'string'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'textarea'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'multipicklist'
  | 'address';

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** May stand in WHERE; long texts and compound fields may not. */
  readonly filterable: boolean;
  readonly sortable: boolean;
  /** May be set through the API. */
  readonly writable: boolean;
  readonly required: boolean;
  readonly length: number;
  /** Of a reference: the object it points to, and the name by which paths follow it. */
  readonly target?: string;
  readonly relationship?: string;
  readonly values?: readonly string[];
  /** Of a compound field: the prefix of its parts. */
  readonly parts?: string;
}

export interface ObjectSchema {
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  readonly keyPrefix: string;
  readonly fields: readonly Field[];
  /** Whether getUpdated and getDeleted know it. */
  readonly replicated: boolean;
}

const base = { filterable: true, sortable: true, writable: true, required: false, length: 255 };

const field = (type: FieldType, name: string, more: Partial<Field> = {}): Field => ({ ...base, type, name, ...more });
const text = (name: string, length = 255): Field => field('string', name, { length });
const phone = (name: string): Field => field('phone', name, { length: 40 });
const picklist = (name: string, values: readonly string[], more: Partial<Field> = {}): Field =>
  field('picklist', name, { values, ...more });
const longText = (name: string): Field =>
  field('textarea', name, { length: 32_000, filterable: false, sortable: false });
const reference = (name: string, target: string): Field =>
  field('reference', name, { target, relationship: name.replace(/Id$/, '').replace(/__c$/, '__r'), length: 18 });
const fixed = (one: Field): Field => ({ ...one, writable: false });
const required = (one: Field): Field => ({ ...one, required: true });

const addressOf = (prefix: string): readonly Field[] => [
  field('textarea', `${prefix}Street`),
  text(`${prefix}City`, 40),
  text(`${prefix}State`, 80),
  text(`${prefix}PostalCode`, 20),
  text(`${prefix}Country`, 80),
  field('address', `${prefix}Address`, {
    filterable: false,
    sortable: false,
    writable: false,
    length: 0,
    parts: prefix,
  }),
];

const system: readonly Field[] = [
  fixed(field('boolean', 'IsDeleted', { length: 0 })),
  fixed(field('datetime', 'CreatedDate', { length: 0 })),
  fixed(reference('CreatedById', 'User')),
  fixed(field('datetime', 'LastModifiedDate', { length: 0 })),
  fixed(reference('LastModifiedById', 'User')),
  fixed(field('datetime', 'SystemModstamp', { length: 0 })),
];
const id = fixed(field('id', 'Id', { length: 18 }));
const owner = reference('OwnerId', 'User');
const merged = (object: string): Field => ({
  ...fixed(reference('MasterRecordId', object)),
  relationship: 'MasterRecord',
});

const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const industries = [
  'Agriculture', 'Apparel', 'Banking', 'Construction', 'Consulting', 'Education', 'Energy', 'Engineering', 'Environmental',
  'Food & Beverage', 'Healthcare', 'Hospitality', 'Manufacturing', 'Media', 'Retail', 'Technology', 'Transportation',
]; // biome-ignore format: a list to read, not to scan

export const stages = [
  'Prospecting',
  'Qualification',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
] as const;
export const caseStatuses = ['New', 'Working', 'Escalated', 'Closed'] as const;
export const invoiceStatuses = ['Draft', 'Open', 'Paid', 'Void'] as const;
export const leadStatuses = [
  'Open - Not Contacted',
  'Working - Contacted',
  'Closed - Converted',
  'Closed - Not Converted',
] as const;

const object = (name: string, plural: string, fields: readonly Field[], label = name): ObjectSchema => ({
  name,
  label,
  plural,
  keyPrefix: keyPrefixOf(name),
  fields: [id, ...fields, ...system],
  replicated: true,
});

/** The objects and fields that the sandbox knows: a selection of the standard ones, and some that a customer made. */
export const schemas: readonly ObjectSchema[] = [
  object('User', 'Users', [
    text('Username', 80),
    text('FirstName', 40),
    required(text('LastName', 80)),
    fixed(text('Name', 121)),
    field('email', 'Email'),
    field('boolean', 'IsActive'),
  ]),
  object('Account', 'Accounts', [
    merged('Account'),
    reference('ParentId', 'Account'),
    required(text('Name')),
    picklist('Type', ['Customer', 'Prospect', 'Partner', 'Other']),
    picklist('Industry', industries),
    phone('Phone'),
    field('url', 'Website'),
    ...addressOf('Billing'),
    ...addressOf('Shipping'),
    field('currency', 'AnnualRevenue'),
    field('int', 'NumberOfEmployees'),
    longText('Description'),
    owner,
  ]),
  object('Contact', 'Contacts', [
    merged('Contact'),
    reference('AccountId', 'Account'),
    picklist('Salutation', ['Mr.', 'Ms.', 'Mx.', 'Dr.', 'Prof.']),
    text('FirstName', 40),
    required(text('LastName', 80)),
    fixed(text('Name', 121)),
    field('email', 'Email', { length: 80 }),
    phone('Phone'),
    phone('MobilePhone'),
    text('Title', 128),
    text('Department', 80),
    ...addressOf('Mailing'),
    picklist('LeadSource', leadSources),
    picklist('Loyalty_Tier__c', ['Bronze', 'Silver', 'Gold']),
    field('double', 'Score__c'),
    field('multipicklist', 'Interests__c', { values: ['Print', 'Events', 'Product', 'Research'], length: 4099 }),
    field('date', 'Birthdate'),
    field('boolean', 'DoNotCall'),
    longText('Description'),
    owner,
  ]),
  object('Opportunity', 'Opportunities', [
    reference('AccountId', 'Account'),
    required(text('Name', 120)),
    longText('Description'),
    required(picklist('StageName', stages)),
    field('currency', 'Amount'),
    field('percent', 'Probability'),
    required(field('date', 'CloseDate')),
    picklist('Type', ['New Customer', 'Existing Customer - Upgrade', 'Existing Customer - Replacement']),
    picklist('LeadSource', leadSources),
    fixed(field('boolean', 'IsClosed')),
    fixed(field('boolean', 'IsWon')),
    text('NextStep', 255),
    fixed(picklist('ForecastCategoryName', ['Pipeline', 'Best Case', 'Commit', 'Closed', 'Omitted'])),
    owner,
  ]),
  object('Lead', 'Leads', [
    merged('Lead'),
    text('FirstName', 40),
    required(text('LastName', 80)),
    fixed(text('Name', 121)),
    text('Title', 128),
    required(text('Company')),
    field('email', 'Email', { length: 80 }),
    phone('Phone'),
    phone('MobilePhone'),
    field('url', 'Website'),
    ...addressOf(''),
    picklist('LeadSource', leadSources),
    picklist('Rating', ['Hot', 'Warm', 'Cold']),
    picklist('Status', leadStatuses),
    picklist('Industry', industries),
    fixed(field('boolean', 'IsConverted')),
    fixed(reference('ConvertedContactId', 'Contact')),
    fixed(reference('ConvertedAccountId', 'Account')),
    fixed(reference('ConvertedOpportunityId', 'Opportunity')),
    longText('Description'),
    owner,
  ]),
  object('Case', 'Cases', [
    merged('Case'),
    fixed(text('CaseNumber', 30)),
    reference('ContactId', 'Contact'),
    reference('AccountId', 'Account'),
    text('Subject'),
    longText('Description'),
    picklist('Status', caseStatuses),
    picklist('Priority', ['High', 'Medium', 'Low']),
    picklist('Origin', ['Phone', 'Email', 'Web']),
    fixed(field('boolean', 'IsClosed')),
    fixed(field('datetime', 'ClosedDate')),
    owner,
  ]),
  object(
    'Invoice__c',
    'Invoices',
    [
      required(text('Name', 80)),
      reference('Contact__c', 'Contact'),
      field('currency', 'Total__c'),
      picklist('Status__c', invoiceStatuses),
      field('date', 'Due_Date__c'),
      field('datetime', 'Sent_At__c'),
      field('boolean', 'Paid__c'),
      longText('Notes__c'),
      owner,
    ],
    'Invoice',
  ),
  {
    ...object('AccountPartner', 'Account Partners', [
      fixed(reference('AccountFromId', 'Account')),
      fixed(reference('AccountToId', 'Account')),
      fixed(picklist('Role', ['Consultant', 'Distributor', 'Supplier', 'None'])),
      fixed(field('boolean', 'IsPrimary')),
    ]),
    replicated: false,
  },
];

/** The object of this name, in any case. */
export function findSchema(name: string): ObjectSchema | undefined {
  return schemas.find((schema) => schema.name.toLowerCase() === name.toLowerCase());
}

/** The field of this name, in any case. */
export function findField(schema: ObjectSchema, name: string): Field | undefined {
  return schema.fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** The reference field that a path follows by this relationship name, in any case. */
export function findRelationship(schema: ObjectSchema, name: string): Field | undefined {
  return schema.fields.find((one) => one.relationship?.toLowerCase() === name.toLowerCase());
}

/** The object as a user sees it who is not shown all of it; undefined when it is not shown at all. */
export function shownSchema(schema: ObjectSchema, hidden: Hidden): ObjectSchema | undefined {
  if (hidden.hasObject(schema.name)) return undefined;
  return { ...schema, fields: schema.fields.filter(({ name }) => !hidden.hasField(schema.name, name)) };
}

export const isCustomField = (one: Field): boolean => one.name.endsWith('__c');
