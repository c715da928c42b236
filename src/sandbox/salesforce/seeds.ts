import type { Json, JsonObject } from '../json.ts';
import { emailOf, type Firm, firms, type Person, people, phoneOf, projects, seededAtMs, subjects } from '../people.ts';
import { pick, type Random, wholeNumber } from '../random.ts';
import type { RecordSeeds } from '../vendor.ts';
import { makeRecordId } from './ids.ts';
import { caseStatuses, invoiceStatuses, leadStatuses, stages } from './schema.ts';

const dayMs = 86_400_000;
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};

const account = (firm: Firm, index: number): JsonObject => ({
  Name: firm.name,
  Type: at(['Customer', 'Prospect', 'Partner'], index),
  Industry: firm.industry,
  Phone: phoneOf(index),
  Website: `https://www.${firm.domain}`,
  BillingStreet: firm.street,
  BillingCity: firm.city,
  BillingPostalCode: firm.postalCode,
  BillingCountry: firm.country,
  AnnualRevenue: firm.revenue,
  NumberOfEmployees: firm.employees,
});

const contact = (person: Person, firm: Firm, index: number): JsonObject => ({
  AccountId: index % 9 === 8 ? null : makeRecordId('Account', 1 + (index % firms.length)),
  FirstName: person.first,
  LastName: person.last,
  Email: index % 11 === 10 ? null : emailOf(person, firm),
  Phone: phoneOf(index),
  Title: person.title,
  Department: person.department,
  MailingStreet: firm.street,
  MailingCity: firm.city,
  MailingPostalCode: firm.postalCode,
  MailingCountry: firm.country,
  LeadSource: index % 4 === 3 ? null : at(['Web', 'Phone Inquiry', 'Partner Referral'], index),
  Loyalty_Tier__c: index % 5 === 4 ? null : at(['Bronze', 'Silver', 'Gold'], index),
  Score__c: index % 4 === 1 ? null : index * 2.5,
  Interests__c: index % 3 === 2 ? null : at(['Print;Events', 'Product', 'Product;Research', 'Events'], index),
  Birthdate: index % 2 === 0 ? dayOf(Date.UTC(1960 + index, index % 12, 1 + index)) : null,
});

const lead = (person: Person, firm: Firm, index: number): JsonObject => ({
  FirstName: person.first,
  LastName: person.last,
  Title: person.title,
  Company: firm.name,
  Email: emailOf(person, firm),
  Phone: phoneOf(index + 50),
  LeadSource: at(['Web', 'Purchased List', 'Other'], index),
  Status: at(leadStatuses.slice(0, 2), index),
  Industry: firm.industry,
});

const opportunity = (firm: Firm, index: number, nowMs: number): JsonObject => ({
  AccountId: makeRecordId('Account', 1 + (index % firms.length)),
  Name: `${at(projects, index)} - ${firm.name}`,
  StageName: at(stages, index),
  Amount: index % 6 === 5 ? null : 1500 + index * 1275.5,
  Probability: at([10, 20, 60, 80, 100, 0], index),
  CloseDate: dayOf(nowMs + (index - 8) * 5 * dayMs),
  Type: at(['New Customer', 'Existing Customer - Upgrade'], index),
});

const supportCase = (index: number): JsonObject => ({
  ContactId: makeRecordId('Contact', 1 + (index % people.length)),
  AccountId: makeRecordId('Account', 1 + (index % firms.length)),
  Subject: at(subjects, index),
  Status: at(caseStatuses, index),
  Priority: at(['High', 'Medium', 'Low'], index),
  Origin: at(['Phone', 'Email', 'Web'], index),
});

const invoice = (index: number, nowMs: number): JsonObject => ({
  Name: `INV-${String(1001 + index).padStart(4, '0')}`,
  Contact__c: makeRecordId('Contact', 1 + (index % people.length)),
  Total__c: 120 + index * 37.5,
  Status__c: at(invoiceStatuses, index),
  Due_Date__c: dayOf(nowMs + (index - 5) * 3 * dayMs),
  Paid__c: index % 4 === 2,
});

const partner = (index: number): JsonObject => ({
  AccountFromId: makeRecordId('Account', 1 + (index % firms.length)),
  AccountToId: makeRecordId('Account', 1 + ((index + 1) % firms.length)),
  Role: index % 2 === 0 ? 'Supplier' : 'Consultant',
});

function make(object: string, index: number, nowMs: number): JsonObject {
  const firm = at(firms, index);
  const person = at(people, index);
  if (object === 'Account') return account(firm, index);
  if (object === 'Contact') return contact(person, firm, index);
  if (object === 'Lead') return lead(at(people, index + 7), firm, index);
  if (object === 'Opportunity') return opportunity(firm, index, nowMs);
  if (object === 'Case') return supportCase(index);
  if (object === 'Invoice__c') return invoice(index, nowMs);
  if (object === 'AccountPartner') return partner(index);
  return {
    Username: `user${index + 1}@sandbox.example`,
    FirstName: person.first,
    LastName: person.last,
    IsActive: true,
  };
}

/** One plausible new value for one field of an object. */
const revisions: Readonly<Record<string, readonly ((random: Random) => readonly [field: string, value: Json])[]>> = {
  Account: [
    (random) => ['Phone', phoneOf(wholeNumber(random, 0, 99))],
    (random) => ['NumberOfEmployees', wholeNumber(random, 5, 900)],
    (random) => ['BillingCity', pick(random, firms).city],
    (random) => ['Type', pick(random, ['Customer', 'Prospect', 'Partner', 'Other'])],
  ],
  Contact: [
    (random) => ['Phone', phoneOf(wholeNumber(random, 0, 99))],
    (random) => ['Title', pick(random, people).title],
    (random) => ['LastName', pick(random, people).last],
    (random) => ['Email', emailOf(pick(random, people), pick(random, firms))],
    (random) => ['LeadSource', pick(random, ['Web', 'Other', null])],
  ],
  Lead: [
    (random) => ['Status', pick(random, leadStatuses.slice(0, 2))],
    (random) => ['Company', pick(random, firms).name],
    (random) => ['Phone', phoneOf(wholeNumber(random, 0, 99))],
  ],
  Opportunity: [
    (random) => ['StageName', pick(random, stages)],
    (random) => ['Amount', wholeNumber(random, 10, 900) * 125.5],
    (random) => ['Probability', pick(random, [10, 25, 50, 75, 90])],
  ],
  Case: [
    (random) => ['Status', pick(random, caseStatuses)],
    (random) => ['Priority', pick(random, ['High', 'Medium', 'Low'])],
    (random) => ['Subject', pick(random, subjects)],
  ],
  Invoice__c: [
    (random) => ['Status__c', pick(random, invoiceStatuses)],
    (random) => ['Total__c', wholeNumber(random, 10, 900) * 12.5],
  ],
  AccountPartner: [(random) => ['Role', pick(random, ['Consultant', 'Distributor', 'Supplier'])]],
};

export const seeds: RecordSeeds = {
  start: (object, nowMs) =>
    Array.from({ length: object === 'User' ? 3 : firms.length }, (_, index) => ({
      given: make(object, index, nowMs),
      atMs: seededAtMs(index, nowMs),
    })),
  draft: (object, random) => make(object, wholeNumber(random, 0, 9_999), Date.UTC(2026, 11, 1)),
  revise: (object, _record, random) => Object.fromEntries([pick(random, revisions[object] ?? [])(random)]),
};
