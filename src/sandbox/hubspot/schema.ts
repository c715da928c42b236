import type { Hidden } from '../hidden.ts';

export type PropertyType = 'string' | 'phone_number' | 'number' | 'bool' | 'datetime' | 'date' | 'enumeration';

export interface Property {
  readonly name: string;
  readonly type: PropertyType;
  readonly readOnly: boolean;
  readonly options: readonly string[];
  /** Made by the customer, not by the vendor. */
  readonly isCustom: boolean;
  /** An enumeration that may have several of its values. */
  readonly isMultiple: boolean;
}

export interface ObjectType {
  /** Name in paths. */
  readonly name: string;
  /** Numeric id that paths take too. */
  readonly typeId: string;
  /** Singular name in messages. */
  readonly label: string;
  /** Of an object that a customer made: its whole name, and the name it was given. */
  readonly custom?: { readonly name: string; readonly plural: string; readonly primary: string };
  /** The property that holds when a record was made. */
  readonly created: 'createdate' | 'hs_createdate';
  /** The property that moves with every change. */
  readonly modified: 'lastmodifieddate' | 'hs_lastmodifieddate';
  readonly properties: readonly Property[];
  /** Properties of an answer when the request names none. */
  readonly defaults: readonly string[];
  /** Properties that the full-text `query` looks into. */
  readonly searchable: readonly string[];
  /** A property whose value no two records share. */
  readonly unique: string | undefined;
}

const property = (type: PropertyType, name: string, options: readonly string[] = []): Property => ({
  name,
  type,
  readOnly: false,
  options,
  isCustom: false,
  isMultiple: false,
});
const text = (name: string): Property => property('string', name);
const choice = (name: string, ...options: readonly string[]): Property => property('enumeration', name, options);
const fixed = (type: PropertyType, name: string): Property => ({ ...property(type, name), readOnly: true });
const custom = (one: Property): Property => ({ ...one, isCustom: true });
const several = (one: Property): Property => ({ ...one, isMultiple: true });

const system: readonly Property[] = [
  fixed('datetime', 'createdate'),
  fixed('datetime', 'hs_lastmodifieddate'),
  fixed('number', 'hs_object_id'),
  property('enumeration', 'hubspot_owner_id', ['101', '102', '103']),
];

export const stages = ['appointmentscheduled', 'qualifiedtobuy', 'contractsent', 'closedwon', 'closedlost'] as const;
export const lifecycles = ['subscriber', 'lead', 'marketingqualifiedlead', 'opportunity', 'customer'] as const;

/** The objects and properties that the sandbox knows: a selection of the standard ones, and some that a customer made. */
export const objectTypes: readonly ObjectType[] = [
  {
    name: 'contacts',
    typeId: '0-1',
    label: 'Contact',
    created: 'createdate',
    modified: 'lastmodifieddate',
    unique: 'email',
    defaults: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
    searchable: ['email', 'firstname', 'lastname', 'phone', 'company'],
    properties: [
      text('email'),
      text('firstname'),
      text('lastname'),
      property('phone_number', 'phone'),
      property('phone_number', 'mobilephone'),
      text('company'),
      text('jobtitle'),
      text('salutation'),
      text('website'),
      text('address'),
      text('city'),
      text('state'),
      text('zip'),
      text('country'),
      choice('lifecyclestage', ...lifecycles),
      choice('hs_lead_status', 'NEW', 'OPEN', 'IN_PROGRESS', 'UNQUALIFIED', 'CONNECTED'),
      custom(several(choice('interests', 'print', 'events', 'product', 'research'))),
      custom(choice('loyalty_tier', 'bronze', 'silver', 'gold')),
      custom(property('number', 'score')),
      property('date', 'date_of_birth'),
      property('bool', 'hs_email_optout'),
      property('number', 'num_notes'),
      property('number', 'associatedcompanyid'),
      ...system,
      fixed('datetime', 'lastmodifieddate'),
    ],
  },
  {
    name: 'companies',
    typeId: '0-2',
    label: 'Company',
    created: 'createdate',
    modified: 'hs_lastmodifieddate',
    unique: undefined,
    defaults: ['createdate', 'domain', 'hs_lastmodifieddate', 'hs_object_id', 'name'],
    searchable: ['name', 'domain', 'phone', 'website'],
    properties: [
      text('name'),
      text('domain'),
      text('website'),
      property('phone_number', 'phone'),
      choice(
        'industry',
        'AGRICULTURE',
        'APPAREL',
        'BANKING',
        'CONSTRUCTION',
        'FOOD',
        'MANUFACTURING',
        'MEDIA',
        'RETAIL',
        'TECHNOLOGY',
        'OTHER',
      ),
      text('address'),
      text('city'),
      text('state'),
      text('zip'),
      text('country'),
      text('description'),
      property('number', 'numberofemployees'),
      property('number', 'annualrevenue'),
      property('number', 'hs_parent_company_id'),
      choice('type', 'PROSPECT', 'PARTNER', 'RESELLER', 'VENDOR', 'OTHER'),
      choice('lifecyclestage', ...lifecycles),
      ...system,
    ],
  },
  {
    name: 'deals',
    typeId: '0-3',
    label: 'Deal',
    created: 'createdate',
    modified: 'hs_lastmodifieddate',
    unique: undefined,
    defaults: [
      'amount',
      'closedate',
      'createdate',
      'dealname',
      'dealstage',
      'hs_lastmodifieddate',
      'hs_object_id',
      'pipeline',
    ],
    searchable: ['dealname', 'description'],
    properties: [
      text('dealname'),
      property('number', 'amount'),
      choice('deal_currency_code', 'EUR', 'USD', 'GBP'),
      property('datetime', 'closedate'),
      choice('pipeline', 'default', 'partner'),
      choice('dealstage', ...stages),
      choice('dealtype', 'newbusiness', 'existingbusiness'),
      text('description'),
      text('hs_next_step'),
      fixed('number', 'hs_deal_stage_probability'),
      fixed('bool', 'hs_is_closed'),
      fixed('bool', 'hs_is_closed_won'),
      ...system,
    ],
  },
  {
    name: 'tickets',
    typeId: '0-5',
    label: 'Ticket',
    created: 'createdate',
    modified: 'hs_lastmodifieddate',
    unique: undefined,
    defaults: [
      'content', 'createdate', 'hs_lastmodifieddate', 'hs_object_id', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_category',
      'hs_ticket_priority', 'subject',
    ], // biome-ignore format: a list to read, not to scan
    searchable: ['subject', 'content'],
    properties: [
      text('subject'),
      text('content'),
      choice('hs_pipeline', '0'),
      choice('hs_pipeline_stage', '1', '2', '3', '4'),
      choice('hs_ticket_priority', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'),
      choice('hs_ticket_category', 'PRODUCT_ISSUE', 'BILLING_ISSUE', 'FEATURE_REQUEST', 'GENERAL_INQUIRY'),
      property('datetime', 'closed_date'),
      choice('source_type', 'CHAT', 'EMAIL', 'FORM', 'PHONE'),
      ...system,
    ],
  },
  {
    name: 'p62515_bicycles',
    typeId: '2-3465404',
    label: 'Bicycle',
    custom: { name: 'bicycles', plural: 'Bicycles', primary: 'model' },
    created: 'hs_createdate',
    modified: 'hs_lastmodifieddate',
    unique: undefined,
    defaults: ['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id', 'model'],
    searchable: ['model', 'frame_number'],
    properties: [
      custom(text('model')),
      custom(text('frame_number')),
      custom(property('number', 'weight')),
      custom(choice('colour', 'red', 'green', 'blue')),
      custom(property('bool', 'electric')),
      custom(property('date', 'sold_on')),
      fixed('datetime', 'hs_createdate'),
      fixed('datetime', 'hs_lastmodifieddate'),
      fixed('number', 'hs_object_id'),
      property('enumeration', 'hubspot_owner_id', ['101', '102', '103']),
    ],
  },
];

/** The object of this name or type id; custom ones also go by p_ and the name they were given. */
export function findObjectType(name: string): ObjectType | undefined {
  return objectTypes.find(
    (type) =>
      type.name === name || type.typeId === name || (type.custom !== undefined && name === `p_${type.custom.name}`),
  );
}

/** The object as a user sees it who is not shown all of it; undefined when it is not shown at all. */
export function shownType(type: ObjectType, hidden: Hidden): ObjectType | undefined {
  if (hidden.hasObject(type.name)) return undefined;
  return { ...type, properties: type.properties.filter(({ name }) => !hidden.hasField(type.name, name)) };
}

export function findProperty(type: ObjectType, name: string): Property | undefined {
  return type.properties.find((one) => one.name === name);
}
