import type { JsonObject } from '../json.ts';
import { emailOf, firms, people, phoneOf, projects, seededAtMs, subjects } from '../people.ts';
import { pick, type Random, wholeNumber } from '../random.ts';
import type { RecordSeeds } from '../vendor.ts';
import { lifecycles, stages } from './schema.ts';

type Properties = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index % list.length];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
};

/** The vendor's own list of industries is shorter than the firms' words. */
const industryOf = (industry: string): string => {
  const known = [
    'AGRICULTURE',
    'APPAREL',
    'BANKING',
    'CONSTRUCTION',
    'FOOD',
    'MANUFACTURING',
    'MEDIA',
    'RETAIL',
    'TECHNOLOGY',
  ];
  return known.find((name) => industry.toUpperCase().startsWith(name)) ?? 'OTHER';
};

/** E-mail addresses are unique, so a second round through the people gets a number. */
function contact(index: number): Properties {
  const firm = at(firms, index);
  const person = at(people, index);
  const round = Math.floor(index / people.length);
  const email = emailOf(person, firm);
  return {
    ...(index % 11 === 10 ? {} : { email: round === 0 ? email : email.replace('@', `.${round}@`) }),
    firstname: person.first,
    lastname: person.last,
    phone: phoneOf(index),
    company: firm.name,
    jobtitle: person.title,
    city: firm.city,
    country: firm.country,
    lifecyclestage: at(lifecycles, index),
    ...(index % 5 === 4 ? {} : { loyalty_tier: at(['bronze', 'silver', 'gold'], index) }),
    ...(index % 4 === 1 ? {} : { score: String((index % 40) * 2.5) }),
    ...(index % 3 === 2 ? {} : { interests: at(['print;events', 'product', 'product;research', 'events'], index) }),
    ...(index % 2 === 0
      ? { date_of_birth: new Date(Date.UTC(1960 + (index % 40), index % 12, 3)).toISOString().slice(0, 10) }
      : {}),
    hs_email_optout: String(index % 5 === 0),
  };
}

function company(index: number): Properties {
  const firm = at(firms, index);
  return {
    name: firm.name,
    domain: firm.domain,
    website: `https://www.${firm.domain}`,
    phone: phoneOf(index),
    industry: industryOf(firm.industry),
    address: firm.street,
    city: firm.city,
    zip: firm.postalCode,
    country: firm.country,
    numberofemployees: String(firm.employees),
    annualrevenue: String(firm.revenue),
    type: at(['PROSPECT', 'PARTNER', 'VENDOR'], index),
  };
}

const deal = (index: number, nowMs: number): Properties => ({
  dealname: `${at(projects, index)} - ${at(firms, index).name}`,
  ...(index % 6 === 5 ? {} : { amount: (1500 + (index % 40) * 1275.5).toFixed(2) }),
  deal_currency_code: at(['EUR', 'USD', 'GBP'], index),
  closedate: new Date(Math.floor(nowMs / dayMs) * dayMs + ((index % 40) - 8) * 5 * dayMs).toISOString(),
  pipeline: 'default',
  dealstage: at(stages, index),
  dealtype: at(['newbusiness', 'existingbusiness'], index),
});

const ticket = (index: number): Properties => ({
  subject: at(subjects, index),
  content: `${at(people, index).first} from ${at(firms, index).name} wrote: ${at(subjects, index)}.`,
  hs_pipeline: '0',
  hs_pipeline_stage: at(['1', '2', '3', '4'], index),
  hs_ticket_priority: at(['LOW', 'MEDIUM', 'HIGH'], index),
  source_type: at(['EMAIL', 'PHONE', 'FORM'], index),
});

const bicycle = (index: number): Properties => ({
  model: `${at(['Courier', 'Tourer', 'Gravel', 'Cargo'], index)} ${at(firms, index).city}`,
  frame_number: `F${10_000 + index * 37}`,
  weight: (9.5 + (index % 20) / 2).toFixed(1),
  ...(index % 4 === 3 ? {} : { colour: at(['red', 'green', 'blue'], index) }),
  electric: String(index % 4 === 3),
  ...(index % 5 === 4
    ? {}
    : { sold_on: new Date(Date.UTC(2026, index % 10, 1 + (index % 28))).toISOString().slice(0, 10) }),
});

function make(object: string, index: number, nowMs: number): JsonObject {
  if (object === 'contacts') return { properties: contact(index) };
  if (object === 'companies') return { properties: company(index) };
  if (object === 'p62515_bicycles') return { properties: bicycle(index) };
  return { properties: object === 'deals' ? deal(index, nowMs) : ticket(index) };
}

/** One plausible new value for one property of an object. */
const revisions: Readonly<Record<string, readonly ((random: Random) => Properties)[]>> = {
  contacts: [
    (random) => ({ phone: phoneOf(wholeNumber(random, 0, 99)) }),
    (random) => ({ jobtitle: pick(random, people).title }),
    (random) => ({ lastname: pick(random, people).last }),
    (random) => ({ lifecyclestage: pick(random, lifecycles) }),
    (random) => ({ city: pick(random, firms).city }),
  ],
  companies: [
    (random) => ({ phone: phoneOf(wholeNumber(random, 0, 99)) }),
    (random) => ({ numberofemployees: String(wholeNumber(random, 5, 900)) }),
    (random) => ({ type: pick(random, ['PROSPECT', 'PARTNER', 'RESELLER', 'OTHER']) }),
  ],
  deals: [
    (random) => ({ dealstage: pick(random, stages) }),
    (random) => ({ amount: (wholeNumber(random, 10, 900) * 125.5).toFixed(2) }),
  ],
  tickets: [
    (random) => ({ hs_pipeline_stage: pick(random, ['1', '2', '3', '4']) }),
    (random) => ({ hs_ticket_priority: pick(random, ['LOW', 'MEDIUM', 'HIGH', 'URGENT']) }),
    (random) => ({ subject: pick(random, subjects) }),
  ],
  p62515_bicycles: [
    (random) => ({ weight: (wholeNumber(random, 15, 60) / 2).toFixed(1) }),
    (random) => ({ colour: pick(random, ['red', 'green', 'blue']) }),
  ],
};

export const seeds: RecordSeeds = {
  start: (object, nowMs) =>
    firms.map((_, index) => ({ given: make(object, index, nowMs), atMs: seededAtMs(index, nowMs) })),
  draft: (object, random) => make(object, people.length + wholeNumber(random, 0, 9_999_999), Date.UTC(2026, 11, 1)),
  revise: (object, _record, random) => ({ properties: pick(random, revisions[object] ?? [])(random) }),
};
