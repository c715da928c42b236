/** What a dialect says of one field. */
import type { Dialect } from '../definition/dialect.ts';

type OwnField = NonNullable<Dialect['fields']>[string];

/** The dialect’s words on the field; undefined when it has none. No field is mistaken for what every object inherits. */
export function ownField(name: string, { fields }: Dialect): OwnField | undefined {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The field’s name at the vendor. */
export function vendorName(name: string, dialect: Dialect): string {
  return ownField(name, dialect)?.name ?? name;
}
