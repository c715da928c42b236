/** A where that counts how often it is looked at: how much work it makes, on any machine. */
import type { Where } from '../../src/where/ast.ts';

export interface Counted {
  readonly where: Where;
  /** Parts of its tree. */
  readonly nodes: number;
  /** Properties of these that were read since. */
  reads(): number;
}

export function counted(where: Where): Counted {
  let nodes = 0;
  let reads = 0;
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    nodes += 1;
    const node = {};
    for (const [name, part] of Object.entries(value)) {
      const within = copy(part);
      const get = (): unknown => {
        reads += 1;
        return within;
      };
      Object.defineProperty(node, name, { enumerable: true, get });
    }
    return node;
  };
  const normal = copy(where.normal) as Where['normal'];
  return { where: { ...where, normal }, nodes, reads: () => reads };
}
