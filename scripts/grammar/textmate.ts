/** A TextMate grammar, with which editors colour where texts. */

/** Patterns are of Oniguruma; these are common to it and ECMAScript. */
export function textmateGrammar(keywords: readonly string[]): unknown {
  const constants = ['TRUE', 'FALSE', 'NULL'];
  const operators = keywords.filter((keyword) => !constants.includes(keyword));
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    comment: 'Generated from the tokens by `npm run generate`. Do not edit.',
    name: 'anyhook where',
    scopeName: 'source.anyhook-where',
    fileTypes: ['where'],
    patterns: [
      quoted("'", 'string.quoted.single.where'),
      quoted('"', 'string.quoted.double.where'),
      quoted('`', 'variable.other.field.where'),
      { name: 'variable.parameter.where', match: ':[A-Za-z_][A-Za-z0-9_]*' },
      {
        name: 'constant.other.timestamp.where',
        match: '\\d{4}-\\d{2}-\\d{2}([Tt]\\d{2}:\\d{2}(:\\d{2}([.,]\\d+)?)?([Zz]|[+-]\\d{2}:?\\d{2})?)?',
      },
      { name: 'support.function.where', match: '\\b[nN][oO][wW]\\s*\\(\\s*\\)(\\s*[-+]\\s*\\d+(ms|[smhdw])\\b)?' },
      { name: 'constant.numeric.where', match: '-?\\b\\d+(\\.\\d+)?([eE][+-]?\\d+)?\\b' },
      { name: 'constant.language.where', match: word(constants) },
      { name: 'keyword.operator.word.where', match: word(operators) },
      { name: 'keyword.operator.where', match: '==?|!=|<>|<=|>=|<|>' },
      { name: 'punctuation.where', match: '[(),]' },
      { name: 'variable.other.field.where', match: '[A-Za-z_$@#][A-Za-z0-9_$@#-]*(\\.[A-Za-z0-9_$@#-]+)*' },
    ],
  };
}

function quoted(quote: string, name: string): unknown {
  const doubled = { name: 'constant.character.escape.where', match: quote + quote };
  return { name, begin: quote, end: `${quote}(?!${quote})`, patterns: [doubled] };
}

/** Any of the words in any case, where it is not a step of a path. */
function word(words: readonly string[]): string {
  const anyCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
  return `(?<![.\\w])(${words.map(anyCase).join('|')})(?![.\\w-])`;
}
