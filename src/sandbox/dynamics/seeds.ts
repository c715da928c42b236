import type { Json, JsonObject } from '../json.ts';
import { emailOf, type Firm, firms, type Person, people, phoneOf, projects, seededAtMs, subjects } from '../people.ts';
import { pick, type Random, wholeNumber } from '../random.ts';
import type { RecordSeeds } from '../vendor.ts';
import { makeRecordId } from './ids.ts';

const dayMs = 86_400_000;
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};
const idAt = (object: string, index: number): string => makeRecordId(object, 1 + (index % firms.length));

const addressOf = (firm: Firm): JsonObject => ({
  address1_line1: firm.street,
  address1_city: firm.city,
  address1_postalcode: firm.postalCode,
  address1_country: firm.country,
});

type Make = (index: number, firm: Firm, person: Person, nowMs: number) => JsonObject;

const makers: Readonly<Record<string, Make>> = {
  systemuser: (index, _firm, person) => ({
    firstname: person.first,
    lastname: person.last,
    domainname: `user${index + 1}@sandbox.example`,
    isdisabled: false,
  }),
  account: (index, firm) => ({
    name: firm.name,
    telephone1: phoneOf(index),
    emailaddress1: `office@${firm.domain}`,
    websiteurl: `https://www.${firm.domain}`,
    ...addressOf(firm),
    revenue: firm.revenue,
    numberofemployees: firm.employees,
    accountcategorycode: index % 3 === 2 ? null : 1 + (index % 2),
    _primarycontactid_value: index % 5 === 4 ? null : idAt('contact', index),
  }),
  contact: (index, firm, person) => ({
    firstname: person.first,
    lastname: person.last,
    emailaddress1: index % 11 === 10 ? null : emailOf(person, firm),
    telephone1: phoneOf(index),
    jobtitle: person.title,
    department: person.department,
    ...addressOf(firm),
    birthdate: index % 2 === 0 ? dayOf(Date.UTC(1960 + (index % 45), index % 12, 1 + (index % 28))) : null,
    donotemail: index % 7 === 6,
    preferredcontactmethodcode: 1 + (index % 5),
    new_score: index % 4 === 1 ? null : index * 2.5,
    new_tier: index % 5 === 4 ? null : 1 + (index % 3),
    new_interests: index % 3 === 2 ? null : at(['1,2', '3', '2'], index),
    _parentcustomerid_value: index % 9 === 8 ? null : idAt('account', index),
  }),
  lead: (index, firm, person) => ({
    subject: `${at(projects, index)} at ${firm.name}`,
    firstname: person.first,
    lastname: person.last,
    companyname: firm.name,
    jobtitle: person.title,
    emailaddress1: emailOf(person, firm),
    telephone1: phoneOf(index + 50),
    leadsourcecode: at([1, 3, 8], index),
    leadqualitycode: 1 + (index % 3),
  }),
  opportunity: (index, firm, _person, nowMs) => ({
    name: `${at(projects, index)} - ${firm.name}`,
    estimatedvalue: index % 6 === 5 ? null : 1500 + index * 1275.5,
    closeprobability: at([10, 20, 60, 80], index),
    estimatedclosedate: dayOf(nowMs + ((index % 30) - 8) * 5 * dayMs),
    _parentaccountid_value: idAt('account', index),
  }),
  incident: (index) => ({
    title: at(subjects, index),
    prioritycode: 1 + (index % 3),
    caseorigincode: 1 + (index % 3),
    _customerid_value: idAt('account', index),
    _primarycontactid_value: idAt('contact', index),
  }),
  new_bicycle: (index, firm) => ({
    new_name: `${at(['Courier', 'Tourer', 'Gravel', 'Cargo'], index)} ${firm.city}`,
    new_framenumber: `F${String(10_000 + index * 37)}`,
    new_weight: 9.5 + (index % 20) / 2,
    new_gears: at([1, 3, 8, 11], index),
    new_iselectric: index % 4 === 3,
    new_soldon: index % 5 === 4 ? null : dayOf(Date.UTC(2026, index % 10, 1 + (index % 28))),
    _new_ownercontact_value: idAt('contact', index),
  }),
};

function make(object: string, index: number, nowMs: number): JsonObject {
  const maker = makers[object];
  if (maker === undefined) throw new RangeError(`no seeds for ${object}`);
  return maker(index, at(firms, index), at(people, index), nowMs);
}

type Revision = (random: Random) => readonly [column: string, value: Json];
const phone: Revision = (random) => ['telephone1', phoneOf(wholeNumber(random, 0, 99))];
const jobtitle: Revision = (random) => ['jobtitle', pick(random, people).title];
const state: Revision = (random) => ['statecode', wholeNumber(random, 0, 1)];

/** One plausible new value for one column of a table. */
const revisions: Readonly<Record<string, readonly Revision[]>> = {
  account: [
    phone,
    (random) => ['numberofemployees', wholeNumber(random, 5, 900)],
    (random) => ['address1_city', pick(random, firms).city],
    state,
  ],
  contact: [
    phone,
    jobtitle,
    (random) => ['lastname', pick(random, people).last],
    (random) => ['emailaddress1', emailOf(pick(random, people), pick(random, firms))],
    (random) => ['_parentcustomerid_value', pick(random, [null, idAt('account', wholeNumber(random, 0, 9))])],
  ],
  lead: [phone, jobtitle, (random) => ['leadqualitycode', wholeNumber(random, 1, 3)]],
  opportunity: [
    (random) => ['estimatedvalue', wholeNumber(random, 10, 900) * 125.5],
    (random) => ['closeprobability', pick(random, [10, 25, 50, 75, 90])],
    state,
  ],
  incident: [
    (random) => ['prioritycode', wholeNumber(random, 1, 3)],
    (random) => ['title', pick(random, subjects)],
    state,
  ],
  new_bicycle: [
    (random) => ['new_weight', wholeNumber(random, 15, 60) / 2],
    (random) => ['new_gears', pick(random, [1, 3, 8, 11])],
  ],
};

export const seeds: RecordSeeds = {
  start: (object, nowMs) =>
    Array.from({ length: object === 'systemuser' ? 3 : firms.length }, (_, index) => ({
      given: make(object, index, nowMs),
      atMs: seededAtMs(index, nowMs),
    })),
  draft: (object, random) => make(object, wholeNumber(random, 0, 9_999), Date.UTC(2026, 11, 1)),
  revise: (object, _record, random) => Object.fromEntries([pick(random, revisions[object] ?? [])(random)]),
};
