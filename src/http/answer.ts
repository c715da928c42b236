/** Reads the text of an answer as the JSON it must be. */
import { Failure } from '../diagnostic/failure.ts';
import { deepestNesting, isTooDeep } from '../diagnostic/nesting.ts';
import { parseJson } from './json.ts';
import type { WireAnswer } from './wire.ts';

/** The parsed body; undefined when the text is not JSON, or JSON that nests too deep. 204 and 304 have no content by definition (RFC 9110 §15.3.5, §15.4.5): null. */
export function readBody(answer: WireAnswer): unknown {
  if (answer.status === 204 || answer.status === 304) return null;
  const body = parsed(answer);
  return isTooDeep(body) ? undefined : body;
}

function parsed({ text }: WireAnswer): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The failure of a successful status with a body that is no JSON. `request` is its method and path, without secrets. */
export function unreadable(answer: WireAnswer, request: string): Failure {
  return new Failure('vendor-answer-unreadable', `${request} was answered ${answer.status} with ${kindOf(answer)}.`, {
    retryable: true,
    help: 'If this goes on, check the host in the settings: a sign-in page or proxy may answer in the vendor’s place.',
    detail: { status: answer.status, request },
  });
}

function kindOf(answer: WireAnswer): string {
  const { text, headers } = answer;
  if (text.trim() === '') return 'an empty body';
  if (/^\s*<(!doctype|html)/i.test(text) || headers['content-type']?.includes('html')) return 'an HTML page';
  return parsed(answer) === undefined ? 'broken JSON' : `JSON that nests deeper than ${deepestNesting} levels`;
}
