/** The parser of the where language → its EBNF, its diagrams and what editors colour it with. */
import { printEbnf } from '../grammar/ebnf.ts';
import { readClasses, readKeywords, readLexemes, readRules } from '../grammar/model.ts';
import { drawPage } from '../grammar/railroad.ts';
import { textmateGrammar } from '../grammar/textmate.ts';

export async function generate(): Promise<Map<string, string>> {
  const rules = readRules();
  const lexemes = readLexemes();
  const classes = readClasses();
  return new Map([
    ['grammar/where.ebnf', printEbnf(rules, lexemes, classes)],
    ['grammar/diagram.html', drawPage(rules, lexemes, classes)],
    ['grammar/where.tmLanguage.json', `${JSON.stringify(textmateGrammar(readKeywords()), null, 2)}\n`],
  ]);
}
