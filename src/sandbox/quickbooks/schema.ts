export type PropertyType = 'string' | 'id' | 'number' | 'boolean' | 'date' | 'datetime' | 'reference' | 'structure';

export interface Property {
  /** As in the record; a dot leads into a structure. */
  readonly name: string;
  readonly type: PropertyType;
  readonly filterable: boolean;
  readonly sortable: boolean;
  /** Worked out by the vendor; what a client sends for it is ignored. */
  readonly readOnly: boolean;
}

export interface Entity {
  readonly name: string;
  /** A name list's records go inactive, a transaction's are deleted. */
  readonly kind: 'nameList' | 'transaction';
  /** What a name list's record is called by; unique among the entities of `namespace`. */
  readonly title: string | undefined;
  readonly namespace: string | undefined;
  readonly required: readonly string[];
  /** References to follow: property → entity. */
  readonly references: Readonly<Record<string, string>>;
  /** How a client asks for a void; undefined where the vendor has none. */
  readonly voidBy: 'operation' | 'include' | undefined;
  readonly properties: readonly Property[];
}

const property =
  (type: PropertyType, filterable: boolean, sortable: boolean, readOnly = false) =>
  (...names: readonly string[]): readonly Property[] =>
    names.map((name) => ({ name, type, filterable, sortable, readOnly }));

const text = property('string', true, true);
const plain = property('string', false, false);
const amount = property('number', true, true);
const total = property('number', true, true, true);
const figure = property('number', false, false);
const flag = property('boolean', true, true);
const note = property('boolean', false, false);
const day = property('date', true, true);
const reference = property('reference', true, true);
const pointer = property('reference', false, false);
const structure = property('structure', false, false);

const system: readonly Property[] = [
  ...property('id', true, true, true)('Id'),
  ...property('string', false, false, true)('SyncToken', 'domain'),
  ...property('boolean', false, false, true)('sparse'),
  ...property('datetime', true, true, true)('MetaData.CreateTime', 'MetaData.LastUpdatedTime'),
];

const person: readonly Property[] = [
  ...text('DisplayName', 'GivenName', 'MiddleName', 'FamilyName', 'CompanyName', 'PrintOnCheckName'),
  ...flag('Active'),
  ...total('Balance'),
  ...plain('Title', 'Suffix', 'Notes'),
  ...pointer('CurrencyRef'),
  ...structure('PrimaryEmailAddr', 'PrimaryPhone', 'Mobile', 'WebAddr', 'BillAddr'),
];

const transaction: readonly Property[] = [
  ...day('TxnDate'),
  ...plain('PrivateNote'),
  ...pointer('CurrencyRef'),
  ...structure('Line'),
];

const numbered: readonly Property[] = [
  ...text('DocNumber'),
  ...day('DueDate'),
  ...total('TotalAmt', 'Balance'),
  ...pointer('SalesTermRef'),
];

const nameList = { kind: 'nameList', voidBy: undefined } as const;

/** The entities and properties that the sandbox knows; a selection of the standard ones. Refs come after what they point to. */
export const entities: readonly Entity[] = [
  {
    ...nameList,
    name: 'Account',
    title: 'Name',
    namespace: 'accounts',
    required: ['Name', 'AccountType'],
    references: {},
    properties: [
      ...system,
      ...text('Name', 'FullyQualifiedName', 'AccountType', 'AccountSubType', 'Classification'),
      ...flag('Active'),
      ...total('CurrentBalance'),
      ...plain('Description'),
      ...pointer('CurrencyRef'),
    ],
  },
  {
    ...nameList,
    name: 'Customer',
    title: 'DisplayName',
    namespace: 'names',
    required: ['DisplayName'],
    references: {},
    properties: [
      ...system,
      ...person,
      ...property('string', true, true, true)('FullyQualifiedName'),
      ...note('Taxable', 'Job'),
      ...property('number', false, false, true)('BalanceWithJobs'),
      ...structure('ShipAddr'),
    ],
  },
  {
    ...nameList,
    name: 'Vendor',
    title: 'DisplayName',
    namespace: 'names',
    required: ['DisplayName'],
    references: {},
    properties: [...system, ...person, ...note('Vendor1099'), ...plain('AcctNum')],
  },
  {
    ...nameList,
    name: 'Item',
    title: 'Name',
    namespace: 'items',
    required: ['Name', 'Type'],
    references: { IncomeAccountRef: 'Account' },
    properties: [
      ...system,
      ...text('Name', 'Sku', 'Type', 'Description'),
      ...property('string', true, true, true)('FullyQualifiedName'),
      ...flag('Active'),
      ...note('Taxable', 'TrackQtyOnHand'),
      ...amount('UnitPrice'),
      ...figure('PurchaseCost', 'QtyOnHand'),
      ...pointer('IncomeAccountRef'),
    ],
  },
  {
    name: 'Invoice',
    kind: 'transaction',
    title: undefined,
    namespace: undefined,
    required: ['CustomerRef', 'Line'],
    references: { CustomerRef: 'Customer' },
    voidBy: 'operation',
    properties: [
      ...system,
      ...transaction,
      ...numbered,
      ...reference('CustomerRef'),
      ...plain('EmailStatus', 'PrintStatus'),
      ...structure('LinkedTxn', 'BillEmail', 'CustomerMemo', 'BillAddr', 'ShipAddr'),
    ],
  },
  {
    name: 'Bill',
    kind: 'transaction',
    title: undefined,
    namespace: undefined,
    required: ['VendorRef', 'Line'],
    references: { VendorRef: 'Vendor', APAccountRef: 'Account' },
    voidBy: undefined,
    properties: [...system, ...transaction, ...numbered, ...reference('VendorRef', 'APAccountRef')],
  },
  {
    name: 'Payment',
    kind: 'transaction',
    title: undefined,
    namespace: undefined,
    required: ['CustomerRef', 'TotalAmt'],
    references: { CustomerRef: 'Customer', DepositToAccountRef: 'Account' },
    voidBy: 'include',
    properties: [
      ...system,
      ...transaction,
      ...amount('TotalAmt'),
      ...total('UnappliedAmt'),
      ...reference('CustomerRef'),
      ...pointer('DepositToAccountRef', 'PaymentMethodRef'),
      ...text('PaymentRefNum'),
    ],
  },
];

/** The entity of this name, capitals and all. */
export function findEntity(name: string): Entity | undefined {
  return entities.find((entity) => entity.name === name);
}

/** The entity of a path segment, which is written in small letters. */
export function findByPath(segment: string): Entity | undefined {
  return entities.find((entity) => entity.name.toLowerCase() === segment.toLowerCase());
}

/** A property by its name; `Metadata.` is taken for `MetaData.`, as the vendor's own examples write both. */
export function findProperty(entity: Entity, name: string): Property | undefined {
  const proper = name.replace(/^Metadata\./, 'MetaData.');
  return entity.properties.find((one) => one.name === proper);
}
