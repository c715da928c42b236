/** Errors on the wire: RFC 9457 problem details with our extensions. */
import { diagnosticCodes } from '../../diagnostic/codes.ts';
import { failureCodes } from '../../diagnostic/failure.ts';
import { problems } from '../problem.ts';
import { record } from './json-schema.ts';

const span = record('Span', 'Half-open range of UTF-16 offsets in the text that the pointer leads to.', {
  start: { type: 'integer', minimum: 0, description: 'Offset of the first character.', examples: [0] },
  end: { type: 'integer', minimum: 0, description: 'Offset after the last character.', examples: [6] },
});

export const diagnostic = record(
  'Diagnostic',
  'What is wrong with what was sent, or could be better.',
  {
    code: { enum: Object.keys(diagnosticCodes), description: 'Programs match on it; it never changes its meaning.' },
    severity: { enum: ['error', 'warning', 'hint'], description: 'Only errors keep the request from being done.' },
    message: {
      type: 'string',
      description: 'What is wrong, in one sentence.',
      examples: ['contact has no field "emial".'],
    },
    help: { type: 'string', description: 'The remedy, in one sentence.', examples: ['Did you mean "email"?'] },
    pointer: {
      type: 'string',
      description: 'JSON pointer (RFC 6901) of the value in the request body, or of the query parameter.',
      examples: ['/objects/contact/where'],
    },
    span,
    line: {
      type: 'integer',
      minimum: 1,
      description: 'Line in the text that the pointer leads to, from 1.',
      examples: [1],
    },
    column: { type: 'integer', minimum: 1, description: 'Column in that line, from 1.', examples: [1] },
  },
  {
    optional: ['help', 'pointer', 'span', 'line', 'column'],
    examples: [
      {
        code: 'where-unknown-field',
        severity: 'error',
        message: 'contact has no field "emial".',
        help: 'Did you mean "email"?',
        pointer: '/objects/contact/where',
        span: { start: 0, end: 5 },
        line: 1,
        column: 1,
      },
    ],
  },
);

export const failure = record(
  'Failure',
  'What went wrong in the world: at a vendor, on the way, in the store.',
  {
    code: { enum: Object.keys(failureCodes), description: 'Programs match on it; it never changes its meaning.' },
    message: { type: 'string', description: 'What went wrong, in one sentence.' },
    retryable: { type: 'boolean', description: 'Whether trying the same again later can succeed.' },
    help: { type: 'string', description: 'What a person can do about it.' },
  },
  {
    optional: ['help'],
    examples: [
      { code: 'vendor-throttled', message: 'The vendor asks to slow down.', retryable: true, help: 'Poll less often.' },
    ],
  },
);

export const problem = record(
  'Problem',
  'Why a request was not done (RFC 9457).',
  {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem.' },
    title: { type: 'string', description: 'The kind of problem in words.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What is wrong this time.' },
    code: { enum: Object.keys(problems), description: 'The kind of problem; the last part of `type`.' },
    requestId: { type: 'string', description: 'Names this request in the log. Also in the header X-Request-Id.' },
    diagnostics: { type: 'array', items: diagnostic, description: 'All that is wrong with what was sent.' },
    failure,
    oldestSequence: {
      type: 'integer',
      minimum: 1,
      description: 'Of events-purged: the oldest event that is still kept. Ask for those after the one before it.',
      examples: [43],
    },
  },
  {
    optional: ['requestId', 'diagnostics', 'failure', 'oldestSequence'],
    examples: [
      {
        type: 'https://anyhook.dev/problems/not-found',
        title: 'Not found',
        status: 404,
        detail: 'There is no instance "ins_7f3k".',
        code: 'not-found',
        requestId: 'req_3uTqZ0yQ1b2k',
      },
    ],
  },
);
