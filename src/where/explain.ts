/**
 * Says in words what is wrong where the parser stopped: what was found, what could stand there, what to write.
 * The parser gives the place and what it expected; everything else is read off the tokens around.
 */

import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Around } from './around.ts';
import { missingField } from './explain-field.ts';
import { leftOver } from './explain-left-over.ts';
import { missingNegatable, missingOperator } from './explain-operator.ts';
import {
  missingBetweenAnd,
  missingClose,
  missingList,
  missingNull,
  missingValue,
  missingWith,
} from './explain-value.ts';
import * as T from './tokens.ts';

export interface Expectation {
  /** A token’s name, `alternative` where several could stand, or `EOF`. */
  readonly name: string;
  readonly rule: string;
}

/**
 * A diagnostic for the token at `index`, which is the number of tokens where the text ended too early; null where the
 * parser stumbles over its own repair.
 */
export function explain(tokens: readonly IToken[], index: number, expected: Expectation): Diagnostic | null {
  const at = new Around(tokens, index);
  switch (expected.name) {
    case 'alternative':
      if (expected.rule !== 'predicate') return missingField(at);
      return at.before?.tokenType === T.Not ? missingNegatable(at) : missingOperator(at);
    case 'Value':
      return missingValue(at);
    case 'Open':
      return missingList(at);
    case 'Close':
      return missingClose(at);
    case 'And':
      return missingBetweenAnd(at);
    case 'With':
      return missingWith(at);
    case 'Null':
      return missingNull(at);
    default:
      return leftOver(at);
  }
}
