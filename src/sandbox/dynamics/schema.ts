import type { Hidden } from '../hidden.ts';

export type ColumnType =
  | 'Uniqueidentifier'
  | 'String'
  | 'Memo'
  | 'Integer'
  | 'BigInt'
  | 'Decimal'
  | 'Money'
  | 'Boolean'
  | 'Picklist'
  | 'MultiSelectPicklist'
  | 'State'
  | 'Status'
  | 'DateTime'
  | 'DateOnly'
  | 'Lookup'
  | 'Customer'
  | 'Owner';

export interface Column {
  /** Logical name, as metadata gives it. */
  readonly logicalName: string;
  /** The name in queries and answers: `_x_value` for lookups. */
  readonly name: string;
  readonly type: ColumnType;
  /** May be set through the API. */
  readonly writable: boolean;
  readonly required: boolean;
  readonly length: number;
  /** Labels of choices, by number. */
  readonly labels: Readonly<Record<number, string>>;
  /** Of a lookup: the tables it may point to. */
  readonly targets: readonly string[];
}

/** A lookup seen from one of its targets: how paths follow it, and how they come back. */
export interface Relation {
  /** Single-valued: `parentcustomerid_account`. */
  readonly navigation: string;
  /** Collection-valued, on the target: `contact_customer_accounts`. */
  readonly collection: string;
  readonly column: string;
  readonly target: string;
}

export interface Table {
  readonly logicalName: string;
  readonly setName: string;
  readonly idColumn: string;
  readonly nameColumn: string;
  readonly label: string;
  readonly isChangeTracked: boolean;
  readonly columns: readonly Column[];
  readonly relations: readonly Relation[];
}

const column = (type: ColumnType, logicalName: string, more: Partial<Column> = {}): Column => ({
  logicalName,
  name: logicalName,
  type,
  writable: true,
  required: false,
  length: type === 'Memo' ? 2000 : 100,
  labels: {},
  targets: [],
  ...more,
});
const text = (name: string, length = 100): Column => column('String', name, { length });
const required = (one: Column): Column => ({ ...one, required: true });
const fixed = (one: Column): Column => ({ ...one, writable: false });
const choice = (name: string, labels: Readonly<Record<number, string>>): Column => column('Picklist', name, { labels });
/** An amount in the currency of the row, and beside it the same in the base currency of the environment. */
const money = (name: string): readonly Column[] => [column('Money', name), fixed(column('Money', `${name}_base`))];
const lookup = (name: string, targets: readonly string[], type: ColumnType = 'Lookup'): Column =>
  column(type, name, { name: `_${name}_value`, targets });

const system = (states: Readonly<Record<number, string>>, reasons: Readonly<Record<number, string>>): Column[] => [
  fixed(column('DateTime', 'createdon')),
  fixed(column('DateTime', 'modifiedon')),
  fixed(lookup('createdby', ['systemuser'])),
  fixed(lookup('modifiedby', ['systemuser'])),
  lookup('ownerid', ['systemuser'], 'Owner'),
  column('State', 'statecode', { labels: states }),
  column('Status', 'statuscode', { labels: reasons }),
  fixed(column('BigInt', 'versionnumber')),
];
const active = system({ 0: 'Active', 1: 'Inactive' }, { 1: 'Active', 2: 'Inactive' });

interface TableDraft extends Partial<Table> {
  readonly logicalName: string;
  readonly setName: string;
  readonly nameColumn: string;
  readonly label: string;
  readonly columns: readonly Column[];
}

function table(draft: TableDraft): Table {
  const idColumn = `${draft.logicalName}id`;
  const id = column('Uniqueidentifier', idColumn);
  return { isChangeTracked: true, relations: [], ...draft, idColumn, columns: [id, ...draft.columns] };
}

const address = [
  text('address1_line1', 250),
  text('address1_line2', 250),
  text('address1_line3', 250),
  text('address1_city', 80),
  text('address1_stateorprovince', 50),
  text('address1_postalcode', 20),
  text('address1_country', 80),
];

/** The tables and columns that the sandbox knows: a selection of the standard ones, and one that a customer made. */
export const tables: readonly Table[] = [
  table({
    logicalName: 'systemuser',
    setName: 'systemusers',
    nameColumn: 'fullname',
    label: 'User',
    isChangeTracked: false,
    columns: [
      text('firstname', 64),
      required(text('lastname', 64)),
      fixed(text('fullname', 200)),
      text('domainname', 1024),
      column('Boolean', 'isdisabled', { labels: { 0: 'Enabled', 1: 'Disabled' } }),
      ...active.filter(({ type }) => type !== 'State' && type !== 'Status' && type !== 'Owner'),
    ],
  }),
  table({
    logicalName: 'account',
    setName: 'accounts',
    nameColumn: 'name',
    label: 'Account',
    columns: [
      required(text('name', 160)),
      text('telephone1', 50),
      text('emailaddress1'),
      text('websiteurl', 200),
      ...address,
      ...money('revenue'),
      column('Integer', 'numberofemployees'),
      choice('accountcategorycode', { 1: 'Preferred Customer', 2: 'Standard' }),
      choice('customertypecode', { 1: 'Competitor', 3: 'Customer', 5: 'Partner', 8: 'Prospect' }),
      choice('industrycode', { 1: 'Accounting', 7: 'Consulting', 15: 'Equipment Rental', 33: 'Wholesale' }),
      column('Memo', 'description'),
      lookup('primarycontactid', ['contact']),
      lookup('parentaccountid', ['account']),
      ...active,
    ],
    relations: [
      {
        navigation: 'primarycontactid',
        collection: 'account_primary_contact',
        column: '_primarycontactid_value',
        target: 'contact',
      },
    ],
  }),
  table({
    logicalName: 'contact',
    setName: 'contacts',
    nameColumn: 'fullname',
    label: 'Contact',
    columns: [
      text('salutation'),
      text('firstname', 50),
      required(text('lastname', 50)),
      fixed(text('fullname', 160)),
      text('emailaddress1'),
      text('telephone1', 50),
      text('mobilephone', 50),
      text('jobtitle'),
      text('department'),
      ...address,
      column('DateOnly', 'birthdate'),
      column('Boolean', 'donotemail', { labels: { 0: 'Allow', 1: 'Do Not Allow' } }),
      choice('leadsourcecode', { 1: 'Default Value' }),
      choice('preferredcontactmethodcode', { 1: 'Any', 2: 'Email', 3: 'Phone', 4: 'Fax', 5: 'Mail' }),
      column('Decimal', 'new_score'),
      choice('new_tier', { 1: 'Bronze', 2: 'Silver', 3: 'Gold' }),
      column('MultiSelectPicklist', 'new_interests', { labels: { 1: 'Print', 2: 'Events', 3: 'Product' } }),
      column('Memo', 'description'),
      lookup('parentcustomerid', ['account', 'contact'], 'Customer'),
      ...active,
    ],
    relations: [
      {
        navigation: 'parentcustomerid_account',
        collection: 'contact_customer_accounts',
        column: '_parentcustomerid_value',
        target: 'account',
      },
      {
        navigation: 'parentcustomerid_contact',
        collection: 'contact_customer_contacts',
        column: '_parentcustomerid_value',
        target: 'contact',
      },
    ],
  }),
  table({
    logicalName: 'lead',
    setName: 'leads',
    nameColumn: 'fullname',
    label: 'Lead',
    columns: [
      required(text('subject', 300)),
      text('firstname', 50),
      required(text('lastname', 50)),
      fixed(text('fullname', 160)),
      text('companyname'),
      text('jobtitle'),
      text('emailaddress1'),
      text('telephone1', 50),
      text('mobilephone', 20),
      text('websiteurl', 200),
      ...address,
      choice('industrycode', { 1: 'Accounting', 7: 'Consulting', 15: 'Equipment Rental', 33: 'Wholesale' }),
      lookup('parentcontactid', ['contact']),
      lookup('parentaccountid', ['account']),
      lookup('qualifyingopportunityid', ['opportunity']),
      choice('leadsourcecode', { 1: 'Advertisement', 3: 'External Referral', 8: 'Web' }),
      choice('leadqualitycode', { 1: 'Hot', 2: 'Warm', 3: 'Cold' }),
      ...system(
        { 0: 'Open', 1: 'Qualified', 2: 'Disqualified' },
        { 1: 'New', 2: 'Contacted', 3: 'Qualified', 4: 'Lost' },
      ),
    ],
  }),
  table({
    logicalName: 'opportunity',
    setName: 'opportunities',
    nameColumn: 'name',
    label: 'Opportunity',
    columns: [
      required(text('name', 300)),
      ...money('estimatedvalue'),
      column('Integer', 'closeprobability'),
      column('DateOnly', 'estimatedclosedate'),
      ...money('actualvalue'),
      column('DateOnly', 'actualclosedate'),
      choice('salesstage', { 0: 'Qualify', 1: 'Develop', 2: 'Propose', 3: 'Close' }),
      text('stepname', 200),
      column('Memo', 'description'),
      lookup('parentaccountid', ['account']),
      ...system({ 0: 'Open', 1: 'Won', 2: 'Lost' }, { 1: 'In Progress', 2: 'On Hold', 3: 'Won', 4: 'Canceled' }),
    ],
    relations: [
      {
        navigation: 'parentaccountid',
        collection: 'opportunity_parent_account',
        column: '_parentaccountid_value',
        target: 'account',
      },
    ],
  }),
  table({
    logicalName: 'incident',
    setName: 'incidents',
    nameColumn: 'title',
    label: 'Case',
    columns: [
      required(text('title', 200)),
      fixed(text('ticketnumber')),
      choice('prioritycode', { 1: 'High', 2: 'Normal', 3: 'Low' }),
      choice('casetypecode', { 1: 'Question', 2: 'Problem', 3: 'Request' }),
      column('DateTime', 'resolveby'),
      choice('caseorigincode', { 1: 'Phone', 2: 'Email', 3: 'Web' }),
      column('Memo', 'description'),
      lookup('customerid', ['account', 'contact'], 'Customer'),
      lookup('primarycontactid', ['contact']),
      ...system(
        { 0: 'Active', 1: 'Resolved', 2: 'Cancelled' },
        { 1: 'In Progress', 2: 'On Hold', 5: 'Problem Solved' },
      ),
    ],
    relations: [
      {
        navigation: 'customerid_account',
        collection: 'incident_customer_accounts',
        column: '_customerid_value',
        target: 'account',
      },
      {
        navigation: 'primarycontactid',
        collection: 'contact_as_primary_contact',
        column: '_primarycontactid_value',
        target: 'contact',
      },
    ],
  }),
  table({
    logicalName: 'new_bicycle',
    setName: 'new_bicycles',
    nameColumn: 'new_name',
    label: 'Bicycle',
    columns: [
      required(text('new_name')),
      text('new_framenumber'),
      column('Decimal', 'new_weight'),
      column('Integer', 'new_gears'),
      column('Boolean', 'new_iselectric', { labels: { 0: 'No', 1: 'Yes' } }),
      column('DateOnly', 'new_soldon'),
      lookup('new_ownercontact', ['contact']),
      ...active,
    ],
    relations: [
      {
        navigation: 'new_OwnerContact',
        collection: 'new_contact_bicycles',
        column: '_new_ownercontact_value',
        target: 'contact',
      },
    ],
  }),
];

/** The table as a user sees it who is not shown all of it; undefined when it is not shown at all. */
export function shownTable(table: Table, hidden: Hidden): Table | undefined {
  if (hidden.hasObject(table.logicalName)) return undefined;
  return {
    ...table,
    columns: table.columns.filter(({ logicalName }) => !hidden.hasField(table.logicalName, logicalName)),
  };
}

export const findTable = (logicalName: string): Table | undefined =>
  tables.find((one) => one.logicalName === logicalName);
export const findSet = (setName: string): Table | undefined => tables.find((one) => one.setName === setName);

/** The column by its name in queries; the vendor minds the case. */
export const findColumn = (one: Pick<Table, 'columns'>, name: string): Column | undefined =>
  one.columns.find((candidate) => candidate.name === name);

export const isLookup = (one: Column): boolean => one.targets.length > 0;
