/** Finds the name a person probably meant. */

/** The known name closest to `name`, if any is close enough to suggest. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  const mostEdits = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestCost = mostEdits + 1;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    const isLastStep = other.endsWith(`.${wanted}`) || wanted.endsWith(`.${other}`);
    const cost = isLastStep ? 1 : editDistance(wanted, other, bestCost);
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
}

/** Edits (insert, delete, replace, swap neighbours) from `a` to `b`; some number ≥ `limit` once that is sure. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
