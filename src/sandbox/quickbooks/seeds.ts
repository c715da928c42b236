import type { Json, JsonObject } from '../json.ts';
import { emailOf, firms, people, phoneOf, seededAtMs } from '../people.ts';
import { pick, type Random, wholeNumber } from '../random.ts';
import type { RecordSeeds } from '../vendor.ts';
import { renderDay } from './dates.ts';
import { cents, deactivate, makeId } from './shape.ts';

const dayMs = 86_400_000;
const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};

const accounts: readonly (readonly [name: string, type: string, subType: string, classification: string])[] = [
  ['Services', 'Income', 'ServiceFeeIncome', 'Revenue'],
  ['Sales of Product Income', 'Income', 'SalesOfProductIncome', 'Revenue'],
  ['Checking', 'Bank', 'Checking', 'Asset'],
  ['Accounts Receivable (A/R)', 'Accounts Receivable', 'AccountsReceivable', 'Asset'],
  ['Accounts Payable (A/P)', 'Accounts Payable', 'AccountsPayable', 'Liability'],
  ['Office Supplies', 'Expense', 'OfficeGeneralAdministrativeExpenses', 'Expense'],
  ['Rent & Lease', 'Expense', 'RentOrLeaseOfBuildings', 'Expense'],
];

const items: readonly (readonly [name: string, type: string, price: number])[] = [
  ['Repair', 'Service', 85],
  ['Consulting Hour', 'Service', 120],
  ['Delivery', 'Service', 24.5],
  ['Steel Frame 56"', 'NonInventory', 349.99],
  ['Chain 10% off', 'NonInventory', 31.95],
  ['Bottle_Cage', 'NonInventory', 12],
  ['Café Table', 'NonInventory', 210],
  ["Farrier's Kit", 'NonInventory', 149.5],
  ['Back\\Panel', 'NonInventory', 77.25],
];

const vendorName = (index: number): string => `${at(firms, index).name} Supply`;
const customerRef = (index: number): JsonObject => ({
  value: makeId('Customer', 1 + (index % firms.length)),
  name: at(firms, index).name,
});

function name(index: number): JsonObject {
  const firm = at(firms, index);
  const person = at(people, index);
  return {
    GivenName: person.first,
    FamilyName: person.last,
    CompanyName: `${firm.name} LLC`,
    PrimaryEmailAddr: { Address: emailOf(person, firm) },
    PrimaryPhone: { FreeFormNumber: phoneOf(index) },
    BillAddr: {
      Id: String(500 + index),
      Line1: firm.street,
      City: firm.city,
      PostalCode: firm.postalCode,
      Country: firm.country,
    },
  };
}

function saleLines(index: number): readonly JsonObject[] {
  return Array.from({ length: 1 + (index % 3) }, (_, line) => {
    const serial = (index + line) % items.length;
    const [itemName, , price] = at(items, serial);
    const quantity = 1 + ((index + line) % 4);
    return {
      Description: itemName,
      Amount: cents(price * quantity),
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: {
        ItemRef: { value: makeId('Item', serial + 1), name: itemName },
        UnitPrice: price,
        Qty: quantity,
      },
    };
  });
}

const invoiceTotal = (index: number): number =>
  cents(saleLines(index).reduce((sum, line) => sum + Number(line.Amount), 0));

/** Every third of the invoices is paid, in full or by half. */
const paymentOf = (index: number): number => (index % 6 === 0 ? invoiceTotal(index) : cents(invoiceTotal(index) / 2));
const openOf = (index: number): number =>
  index % 3 === 0 ? cents(invoiceTotal(index) - paymentOf(index)) : invoiceTotal(index);

function invoice(index: number, atMs: number): JsonObject {
  return {
    DocNumber: String(1001 + index),
    TxnDate: renderDay(atMs),
    DueDate: renderDay(atMs + 30 * dayMs),
    CustomerRef: customerRef(index),
    Line: saleLines(index),
  };
}

function bill(index: number, atMs: number): JsonObject {
  const [accountName] = at(accounts, 5);
  return {
    DocNumber: `B-${2001 + index}`,
    TxnDate: renderDay(atMs),
    DueDate: renderDay(atMs + 14 * dayMs),
    VendorRef: { value: makeId('Vendor', 1 + (index % firms.length)), name: vendorName(index) },
    APAccountRef: { value: makeId('Account', 5), name: at(accounts, 4)[0] },
    Line: [
      {
        Description: at(['Paper and toner', 'Cleaning', 'Spare parts'], index),
        Amount: cents(40 + index * 17.35),
        DetailType: 'AccountBasedExpenseLineDetail',
        AccountBasedExpenseLineDetail: { AccountRef: { value: makeId('Account', 6), name: accountName } },
      },
    ],
  };
}

function payment(index: number, atMs: number): JsonObject {
  const paid = index * 3;
  return {
    TxnDate: renderDay(atMs),
    TotalAmt: paymentOf(paid),
    CustomerRef: customerRef(paid),
    PaymentRefNum: String(700 + index),
    Line: [{ Amount: paymentOf(paid), LinkedTxn: [{ TxnId: makeId('Invoice', paid + 1), TxnType: 'Invoice' }] }],
  };
}

function make(object: string, index: number, atMs: number): JsonObject {
  if (object === 'Account') {
    const [accountName, type, subType, classification] = at(accounts, index);
    return { Name: accountName, AccountType: type, AccountSubType: subType, Classification: classification };
  }
  if (object === 'Customer') return { DisplayName: at(firms, index).name, ...name(index) };
  if (object === 'Vendor') return { DisplayName: vendorName(index), ...name(index + 5) };
  if (object === 'Item') {
    const [itemName, type, price] = at(items, index);
    const [accountName] = at(accounts, 0);
    return {
      Name: itemName,
      Description: itemName,
      Type: type,
      UnitPrice: price,
      IncomeAccountRef: { value: makeId('Account', 1), name: accountName },
    };
  }
  if (object === 'Invoice') return invoice(index, atMs);
  return object === 'Bill' ? bill(index, atMs) : payment(index, atMs);
}

const counts: Readonly<Record<string, number>> = { Account: accounts.length, Item: items.length, Payment: 9 };

/** What the seeded payments leave open, on the invoice and on its customer. */
function balances(object: string, index: number): JsonObject {
  if (object === 'Invoice') return { Balance: openOf(index) };
  return object === 'Customer' ? { Balance: openOf(index), BalanceWithJobs: openOf(index) } : {};
}

/** One plausible new value for one property of an entity. */
const revisions: Readonly<Record<string, readonly ((random: Random) => JsonObject)[]>> = {
  Customer: [
    (random) => ({ PrimaryPhone: { FreeFormNumber: phoneOf(wholeNumber(random, 0, 99)) } }),
    (random) => ({ PrimaryEmailAddr: { Address: emailOf(pick(random, people), pick(random, firms)) } }),
    (random) => ({ FamilyName: pick(random, people).last }),
  ],
  Vendor: [
    (random) => ({ PrimaryPhone: { FreeFormNumber: phoneOf(wholeNumber(random, 0, 99)) } }),
    (random) => ({ GivenName: pick(random, people).first }),
  ],
  Item: [(random) => ({ UnitPrice: wholeNumber(random, 10, 900) / 2 })],
  Invoice: [
    (random) => ({ DueDate: renderDay(Date.UTC(2026, 11, wholeNumber(random, 1, 31), 20)) }),
    (random) => ({ EmailStatus: pick(random, ['NotSet', 'NeedToSend', 'EmailSent']) }),
    (random) => ({ Line: saleLines(wholeNumber(random, 0, 99)) }),
  ],
  Bill: [(random) => ({ DueDate: renderDay(Date.UTC(2026, 11, wholeNumber(random, 1, 31), 20)) })],
  Payment: [(random) => ({ PaymentRefNum: String(wholeNumber(random, 1000, 9999)) })],
};

/** A name that is free, whatever was drafted before. */
function freshName(object: string, record: JsonObject, random: Random): JsonObject {
  const number = wholeNumber(random, 1000, 9_999_999);
  const renamed = (title: string): Record<string, Json> => ({ [title]: `${String(record[title])} ${number}` });
  if (object === 'Customer' || object === 'Vendor') return renamed('DisplayName');
  return object === 'Item' ? renamed('Name') : {};
}

/** One of each list is no longer in use, so that queries hide it until they ask for it. */
const inactive: Readonly<Record<string, number>> = { Customer: firms.length - 1, Vendor: firms.length - 1, Item: 8 };

export const seeds: RecordSeeds = {
  start: (object, nowMs) =>
    Array.from({ length: counts[object] ?? firms.length }, (_, index) => {
      const atMs = seededAtMs(index, nowMs);
      const given = { ...make(object, index, atMs), ...balances(object, index) };
      return { given: inactive[object] === index ? deactivate(object, given) : given, atMs };
    }),
  draft: (object, random) => {
    const record = make(object, wholeNumber(random, 0, counts[object] === 9 ? 8 : 9_999), Date.UTC(2026, 11, 1));
    return { ...record, ...freshName(object, record, random) };
  },
  revise: (object, _record, random) => pick(random, revisions[object] ?? [])(random),
};
