import type { Json } from './json.ts';

/** An HTTP answer: a text body is sent as it is, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown where a simulated vendor refuses a request; it carries the answer that the vendor would give. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.name = 'Refusal';
    this.answer = answer;
  }
}
