/** YAML as a document, as the package's own parser makes it, but for what nests so deep that this would not come back. */
import { Composer, type CST, type Document, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';
import { deepestNesting } from '../diagnostic/nesting.ts';

export interface YamlDocument {
  readonly document: Document;
  /** The offset at which it nests too deep, and the document is empty; null when it does not. */
  readonly deepAt: number | null;
}

/** The tokens of a document stand on the stack beside its parts: the document itself, and the scalar that is read. */
const deepestStack = deepestNesting + 2;

/** @param lines learns where lines begin. */
export function parseYaml(text: string, lines: LineCounter): YamlDocument {
  const parser = new Parser();
  let deepAt: number | null = null;
  function* tokens(): Generator<CST.Token, void> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > deepestStack) {
        deepAt = parser.offset;
        return;
      }
    }
    yield* parser.end();
  }
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  const composer = new Composer({ version: '1.2', stringKeys: true });
  const [document, other] = composer.compose(tokens(), true, text.length);
  if (document === undefined) throw new Error('no document was composed');
  if (other !== undefined) {
    const [start] = other.range;
    document.errors.push(
      new YAMLParseError([start, start], 'MULTIPLE_DOCS', 'The file holds multiple documents; another begins here.'),
    );
  }
  return { document, deepAt };
}
