/** The grammar as plain data, read off the parser itself, for all that is generated from it. */
import { WhereGrammar } from '../../src/where/grammar.ts';
import { characterClasses, keywordTypes, tokenTypes } from '../../src/where/tokens.ts';

export type Part =
  /** A piece of text, as it is written. */
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'optional' | 'repeat'; readonly part: Part }
  /** One or more, with commas between. */
  | { readonly kind: 'list'; readonly part: Part; readonly separator: Part };

export interface Rule {
  readonly name: string;
  readonly about: string;
  readonly part: Part;
}

/** A kind of token that is defined by its characters. */
export interface Lexeme {
  readonly name: string;
  readonly about: string;
  /** The regular expression, with `characterClasses` by name. */
  readonly source: string;
}

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Node[];
  readonly separator?: Node;
}

const about: Readonly<Record<string, string>> = {
  where: 'A condition on a record.',
  disjunction: 'True when one of its parts is.',
  conjunction: 'True when all its parts are.',
  condition: 'NOT binds tighter than AND, AND tighter than OR.',
  predicate: 'What is asked of one field.',
  Field: 'A name as the object declares it. A keyword is a field where an operator follows it.',
  Value: 'What a field is compared with. Backticks, double quotes and bare words are of the older language.',
  Comparison: 'Two spellings each of equal and unequal.',
  Text: 'A quote inside is written twice.',
  DoubleQuoted: 'The older language’s text, or field.',
  Backticked: 'A field of any name; a backtick inside is written twice.',
  Instant: 'A date and time with offset from UTC.',
  LocalTime: 'A date and time in the zone of the field.',
  Day: 'A day; against a timestamp its first moment.',
  Numeral: 'A decimal number; digits are never rounded.',
  Now: 'The present time, moved by a duration.',
  Parameter: 'A value that is bound later.',
  Word: 'A dotted path.',
  Loose: 'A run of characters that the older language reads as text.',
};

function aboutOf(name: string): string {
  const text = about[name];
  if (text === undefined) throw new Error(`The grammar has a ${name} that scripts/grammar/model.ts does not explain.`);
  return text;
}

const families = ['Field', 'Value', 'Comparison'];
const symbols = ['=', '==', '!=', '<>', '<=', '>=', '<', '>', '(', ')', ','];
const unused = new Set(['Blank', 'Space', 'CurlyQuoted', 'Unclosed', 'Stray', ...families]);

/** The rules of the parser, from the whole to the parts, then the families of tokens. */
export function readRules(): Rule[] {
  const parser = new WhereGrammar({ recover: false });
  const rules = parser.getSerializedGastProductions().map((rule): Rule => {
    const { name = '', definition = [] } = rule as Node;
    return { name, about: aboutOf(name), part: sequence(definition) };
  });
  const members = families.map((name): Rule => {
    const types = tokenTypes.filter((type) => type.CATEGORIES?.some((family) => family.name === name));
    return { name: lower(name), about: aboutOf(name), part: choice(types.flatMap((type) => wordsOf(type.name))) };
  });
  return [
    { name: 'where', about: aboutOf('where'), part: { kind: 'name', name: 'disjunction' } },
    ...rules,
    ...members,
  ];
}

/** The tokens that are not spelt out in the rules. */
export function readLexemes(): Lexeme[] {
  return tokenTypes
    .filter((type) => !unused.has(type.name) && !keywordTypes.has(type.name.toUpperCase()))
    .filter((type) => type.PATTERN instanceof RegExp && symbolsOf(type.name).length === 0)
    .map((type) => ({ name: type.name, about: aboutOf(type.name), source: shorten((type.PATTERN as RegExp).source) }));
}

export function readClasses(): Map<string, string> {
  const classes = [...characterClasses];
  return new Map(classes.map(([name, set], index) => [name, nameClasses(set, classes.slice(index + 1))]));
}

function shorten(source: string): string {
  return nameClasses(source, [...characterClasses]);
}

function nameClasses(source: string, classes: readonly (readonly [string, string])[]): string {
  return classes.reduce((text, [name, set]) => text.replaceAll(set, `<${name}>`), source);
}

export function readKeywords(): string[] {
  return [...keywordTypes.keys()];
}

function toPart(node: Node): Part {
  const inner = sequence(node.definition ?? []);
  switch (node.type) {
    case 'NonTerminal':
      return { kind: 'name', name: node.name ?? '' };
    case 'Terminal':
      return choice(wordsOf(node.name ?? ''));
    case 'Alternation':
      return choice((node.definition ?? []).map(toPart));
    case 'Option':
      return { kind: 'optional', part: inner };
    case 'Repetition':
      return { kind: 'repeat', part: inner };
    case 'RepetitionMandatoryWithSeparator':
      return { kind: 'list', part: inner, separator: toPart(node.separator ?? { type: 'Terminal', name: 'Comma' }) };
    case 'Alternative':
      return inner;
    default:
      throw new Error(`The grammar uses ${node.type}, which is not drawn yet.`);
  }
}

function sequence(nodes: readonly Node[]): Part {
  const parts = nodes.map(toPart);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
}

function choice(parts: readonly Part[]): Part {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
}

/** A token as it stands in a rule: its spellings, or its name. */
function wordsOf(name: string): Part[] {
  if (families.includes(name)) return [{ kind: 'name', name: lower(name) }];
  if (keywordTypes.has(name.toUpperCase())) return [{ kind: 'word', text: name.toUpperCase() }];
  const spellings = symbolsOf(name);
  if (spellings.length === 0) return [{ kind: 'name', name }];
  return spellings.map((text) => ({ kind: 'word', text }));
}

function symbolsOf(name: string): string[] {
  const pattern = tokenTypes.find((type) => type.name === name)?.PATTERN;
  if (!(pattern instanceof RegExp) || unused.has(name)) return [];
  return symbols.filter((symbol) => new RegExp(`^(?:${pattern.source})$`).test(symbol));
}

function lower(name: string): string {
  return name.toLowerCase();
}
