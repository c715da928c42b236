import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { connectionCost } from './connection.ts';
import { mutationCost } from './context.ts';
import { schema } from './sdl.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * What a valid query may cost at most: one point for each record, two for each connection, a connection's records counted by `first`
 * or `last`, counts and mutations ten. The vendor weighs some fields otherwise; the rule is that of its rate limit page.
 */
export function requestedCost(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  return new CostCount(document, variables).ofSet(
    operation.selectionSet,
    schema.getRootType(operation.operation) ?? undefined,
  );
}

class CostCount {
  readonly #variables: Variables;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, number>();

  constructor(document: DocumentNode, variables: Variables) {
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((one) =>
        one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
      ),
    );
  }

  ofSet(set: SelectionSetNode | undefined, type: GraphQLNamedType | undefined): number {
    return set?.selections.reduce((sum, selection) => sum + this.#ofSelection(selection, type), 0) ?? 0;
  }

  #ofSelection(selection: SelectionNode, type: GraphQLNamedType | undefined): number {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#ofFragment(selection.name.value);
    if (selection.kind === Kind.FIELD) return this.#ofField(selection, type);
    const condition = selection.typeCondition;
    return this.ofSet(selection.selectionSet, condition === undefined ? type : schema.getType(condition.name.value));
  }

  #ofField(node: FieldNode, type: GraphQLNamedType | undefined): number {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    // Introspection is free.
    if (field === undefined) return 0;
    const target = getNamedType(field.type);
    if (!isCompositeType(target)) return 0;
    if (target.name === 'Count') return 10;
    // What a mutation answers is in its price.
    if (type === schema.getMutationType()) return mutationCost;
    const inner = this.ofSet(node.selectionSet, target);
    const asked: Variables = getArgumentValues(field, node, this.#variables);
    if (target.name.endsWith('Connection')) return connectionCost + Number(asked.first ?? asked.last ?? 0) * inner;
    return (Array.isArray(asked.ids) ? asked.ids.length : 1) * (inner + (isRecord(target) ? 1 : 0));
  }

  /** Each fragment once, so that fragments within fragments do not take exponential time. */
  #ofFragment(name: string): number {
    const before = this.#known.get(name);
    if (before !== undefined) return before;
    const fragment = this.#fragments.get(name);
    const cost =
      fragment === undefined ? 0 : this.ofSet(fragment.selectionSet, typeFromAST(schema, fragment.typeCondition));
    this.#known.set(name, cost);
    return cost;
  }
}

const recordTypes = new Set(['Node', 'Event', 'Shop']);

function isRecord(type: GraphQLNamedType): boolean {
  if (recordTypes.has(type.name)) return true;
  return isObjectType(type) && type.getInterfaces().some((one) => recordTypes.has(one.name));
}
