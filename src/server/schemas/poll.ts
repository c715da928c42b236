/** Polls on the wire. */
import { failureCodes } from '../../diagnostic/failure.ts';
import type { JsonSchema } from './json-schema.ts';
import { nullable, partialRecord, record, time } from './json-schema.ts';
import { failure } from './problem.ts';

const feed: JsonSchema = {
  enum: ['changes', 'deletes'],
  description: 'Created and updated records, or deleted ones: each is polled on its own.',
  examples: ['changes'],
};

const cursor: JsonSchema = {
  type: ['string', 'null'],
  description: 'Up to when changes are known (RFC 3339), or the last id; null before the first poll ended.',
  examples: ['2026-03-14T09:26:53.589Z'],
};

const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description, examples: [0] });

const lastFailure = record('LastFailure', 'How the last poll went wrong.', {
  code: { enum: Object.keys(failureCodes), description: 'The code of the failure.', examples: ['vendor-throttled'] },
  message: { type: 'string', description: 'What went wrong.', examples: ['The vendor asks to slow down.'] },
  help: {
    type: ['string', 'null'],
    description: 'What a person can do about it; null when only waiting helps.',
    examples: ['Poll less often.', null],
  },
  at: time,
});

export const pollState = record('PollState', 'How the polls of one feed of an object stand.', {
  feed,
  cursor,
  dueAt: { ...time, description: 'When it is polled next.' },
  everySeconds: {
    type: ['number', 'null'],
    minimum: 0,
    description:
      'The interval that it has come to, in seconds: shorter while changes are found, longer while none are; null before a poll has set it.',
    examples: [45],
  },
  lastPolledAt: {
    ...time,
    type: ['string', 'null'],
    description: 'When it was polled last; null before the first poll.',
  },
  failures: count('Polls in a row that went wrong.'),
  webhookSince: {
    ...time,
    type: ['string', 'null'],
    description: 'Since when the vendor tells of changes by webhook too; null when it never has.',
  },
  webhooksLost: count('Changes that a webhook should have told and the poll found.'),
  lastFailure: nullable(lastFailure),
});

const noticeCounts = partialRecord(
  'Notices',
  'What was odd and did no harm: failure code to count.',
  Object.fromEntries(Object.entries(failureCodes).map(([code, meaning]) => [code, count(meaning)])),
);

const pollOutcome = record(
  'PollOutcome',
  'What one poll of one feed did.',
  {
    feed,
    windows: count('Windows of time that were asked for.'),
    pages: count('Pages that the vendor sent.'),
    records: count('Records that the vendor sent.'),
    created: count('Records found created.'),
    updated: count('Records found updated.'),
    deleted: count('Records found deleted.'),
    known: count('Records that were known in this version or a later one.'),
    stale: count('Those among them that read as older than what was known, as of a reader that lags.'),
    filtered: count('Records that the where, evaluated here, left out.'),
    notices: noticeCounts,
    cursor,
    failure: nullable(failure),
  },
  {
    examples: [
      {
        feed: 'changes',
        windows: 1,
        pages: 1,
        records: 3,
        created: 1,
        updated: 1,
        deleted: 0,
        known: 1,
        stale: 0,
        filtered: 0,
        notices: {},
        cursor: '2026-03-14T09:26:53.589Z',
        failure: null,
      },
    ],
  },
);

export const pollOutcomes = record('PollOutcomes', 'What polling an object did, feed by feed.', {
  polls: { type: 'array', items: pollOutcome, description: 'One outcome per feed.' },
});
