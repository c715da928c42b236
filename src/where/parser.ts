/** From where text to tree. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Expr, FieldRef } from './ast.ts';
import { diagnoseSyntax, namedFields } from './diagnose.ts';
import { WhereGrammar } from './grammar.ts';
import { spanOf } from './read-token.ts';
import { settleKeywords } from './settle.ts';
import { lexer } from './tokens.ts';

export interface ParseOptions {
  /** Longest text read, in UTF-16 units. */
  readonly maxLength?: number;
  /** Most parentheses and NOTs around one predicate. */
  readonly maxDepth?: number;
}

export interface ParsedWhere {
  /** null when the text has an error. */
  readonly expr: Expr | null;
  readonly diagnostics: Diagnostic[];
  /** Where the text has an error: the fields that it names before operators, for a check of them nevertheless. */
  readonly named: readonly FieldRef[];
}

const MAX_LENGTH = 20_000;
const MAX_DEPTH = 200;

const none: readonly FieldRef[] = [];
const grammar = new WhereGrammar({ recover: false });

/** Reads a where text. Mistakes come back as diagnostics, all that are found; no text makes it throw. */
export function parseWhere(text: string, options: ParseOptions = {}): ParsedWhere {
  const { maxLength = MAX_LENGTH, maxDepth = MAX_DEPTH } = options;
  if (text.length > maxLength) return refuse(tooLong(text, maxLength));
  const { tokens } = lexer.tokenize(text);
  const tooDeep = settleKeywords(tokens, maxDepth);
  if (tooDeep !== null) {
    return refuse({
      code: 'where-too-deep',
      severity: 'error',
      message: `Parentheses and NOTs nest deeper than ${maxDepth} here.`,
      help: 'Take away parentheses that change nothing, or write lists with IN.',
      span: spanOf(tooDeep),
    });
  }
  grammar.input = tokens;
  grammar.hints = [];
  const expr = grammar.disjunction();
  if (grammar.errors.length > 0) {
    return { expr: null, diagnostics: diagnoseSyntax(text, tokens), named: namedFields(tokens) };
  }
  return { expr, diagnostics: grammar.hints, named: none };
}

function refuse(diagnostic: Diagnostic): ParsedWhere {
  return { expr: null, diagnostics: [diagnostic], named: none };
}

function tooLong(text: string, maxLength: number): Diagnostic {
  return {
    code: 'where-too-long',
    severity: 'error',
    message: `The where has ${text.length} characters; ${maxLength} are read.`,
    help: 'Split it into several objects or filter on fewer values.',
    span: { start: maxLength, end: text.length },
  };
}
