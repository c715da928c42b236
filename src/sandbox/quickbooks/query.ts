import type { Json, JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse } from './answers.ts';
import { parseStatement } from './query/parser.ts';
import { planStatement } from './query/plan.ts';
import { listVisible } from './visible.ts';

/** Runs a statement and answers its `QueryResponse`; nothing found is an empty object. */
export function runQuery(statement: string | undefined, world: SandboxWorld): JsonObject {
  if (statement === undefined || statement.trim() === '') {
    return refuse('4000', 'Error parsing query', 'QueryParserError: Encountered "<EOF>" at line 0, column 0.');
  }
  const plan = planStatement(parseStatement(statement));
  const { ignoreFilters, pageSize } = world.faults.current;
  const found = listVisible(world.book, plan.entity)
    .filter((record) => plan.asksForActive || record.Active !== false)
    .filter((record) => ignoreFilters || plan.keep(record))
    .toSorted(plan.compare);
  if (plan.isCount) return { totalCount: found.length };
  const from = plan.startPosition - 1;
  const page: readonly Json[] = found.slice(from, from + (pageSize ?? plan.maxResults));
  if (page.length === 0) return {};
  return { [plan.entity.name]: page, startPosition: plan.startPosition, maxResults: page.length };
}
