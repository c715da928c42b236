/** The connector that connectors/README.md makes is one that works. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCase } from '../../src/connector/case.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { readSchema } from '../../src/connector/package-files.ts';
import { parseSource } from '../../src/connector/source.ts';
import { createSchemaCheck } from '../../src/connector/validate.ts';
import type { ConnectorCase } from '../../src/definition/case.ts';

const text = readFileSync(new URL('../../connectors/README.md', import.meta.url), 'utf8');
const [connectorText = '', caseText = ''] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
  (match) => match[1] ?? '',
);

test('the example links and its case holds', async () => {
  const source = parseSource('connectors/README.md.json', connectorText);
  const context = createLinkContext((await loadDialects()).dialects);
  const { connector, diagnostics } = linkConnector(source.value, { ...context, source });
  expect(diagnostics).toEqual([]);
  const example: unknown = JSON.parse(caseText);
  expect(createSchemaCheck(readSchema('case'), 'case-schema')(example)).toEqual([]);
  if (connector === null) return;
  expect(await runCase(connector, example as ConnectorCase, context.resources)).toEqual([]);
});
