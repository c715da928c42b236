import type { FastifyInstance, FastifyRequest } from 'fastify';
import { queryOf } from '../body.ts';
import { readHidden } from '../hidden.ts';
import type { Json, JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { refuse, refuseInvalid } from './answers.ts';
import { portalId } from './oauth.ts';
import { findObjectType, type ObjectType, objectTypes, type Property, shownType } from './schema.ts';

type WithType = FastifyRequest<{ Params: { type: string } }>;
type WithName = FastifyRequest<{ Params: { type: string; name: string } }>;

/** The classic path and the date-based ones that took its place. */
const propertyBases = ['/crm/v3/properties/:type', '/crm/properties/2026-03/:type', '/crm/properties/2026-09/:type'];
const schemaBases = ['/crm/v3/schemas', '/crm-object-schemas/v3/schemas'];

const madeAt = '2026-01-12T08:30:00.000Z';

const words = (name: string): string => {
  const text = name.replaceAll('_', ' ').replace(/^hs /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

function fieldTypeOf({ type, isMultiple, readOnly }: Property): string {
  if (type === 'enumeration') return isMultiple ? 'checkbox' : 'select';
  if (type === 'bool') return 'booleancheckbox';
  if (type === 'datetime' || type === 'date') return 'date';
  if (type === 'number') return readOnly ? 'calculation_equation' : 'number';
  return type === 'phone_number' ? 'phonenumber' : 'text';
}

function describeProperty(property: Property): JsonObject {
  const { name, type, readOnly, isCustom } = property;
  return {
    updatedAt: madeAt,
    createdAt: madeAt,
    name,
    label: words(name),
    type,
    fieldType: fieldTypeOf(property),
    description: '',
    groupName: 'information',
    options: property.options.map(
      (value, displayOrder): Json => ({ label: words(value), value, displayOrder, hidden: false }),
    ),
    displayOrder: -1,
    calculated: false,
    externalOptions: name === 'hubspot_owner_id',
    hasUniqueValue: false,
    hidden: false,
    hubspotDefined: !isCustom,
    archived: false,
    modificationMetadata: {
      archivable: isCustom,
      readOnlyDefinition: !isCustom,
      readOnlyOptions: !isCustom,
      readOnlyValue: readOnly,
    },
    formField: !readOnly,
  };
}

function describeType(type: ObjectType, custom: NonNullable<ObjectType['custom']>): JsonObject {
  return {
    id: type.typeId.split('-')[1] ?? '',
    createdAt: madeAt,
    updatedAt: madeAt,
    archived: false,
    name: custom.name,
    labels: { singular: type.label, plural: custom.plural },
    objectTypeId: type.typeId,
    fullyQualifiedName: type.name,
    portalId,
    requiredProperties: [],
    searchableProperties: [...type.searchable],
    primaryDisplayProperty: custom.primary,
    secondaryDisplayProperties: [],
    metaType: 'PORTAL_SPECIFIC',
    properties: type.properties.map(describeProperty),
    associations: [],
  };
}

/** Adds the paths that tell which properties an object has, and which objects a customer made. */
export function addDefinitionPaths(api: FastifyInstance, world: SandboxWorld): void {
  const find = (name: string): ObjectType | undefined => {
    const type = findObjectType(name);
    return type && shownType(type, readHidden(world.faults.current.hidden));
  };
  const typeOf = (name: string): ObjectType => find(name) ?? refuseInvalid(`Unable to infer object type from: ${name}`);
  for (const base of propertyBases) {
    api.get(base, async (request: WithType) => {
      const type = typeOf(request.params.type);
      // Nobody has archived one here.
      const isArchived = queryOf(request.url).archived === 'true';
      return { results: isArchived ? [] : type.properties.map(describeProperty) };
    });
    api.get(`${base}/:name`, async (request: WithName) => {
      const { type, name } = request.params;
      const property = typeOf(type).properties.find((one) => one.name === name);
      if (property === undefined) return refuse(404, 'OBJECT_NOT_FOUND', `Property ${name} does not exist`);
      return describeProperty(property);
    });
  }
  for (const base of schemaBases) {
    api.get(base, async () => ({
      results: objectTypes.flatMap(({ name, custom }) => {
        const type = find(name);
        return type === undefined || custom === undefined ? [] : [describeType(type, custom)];
      }),
    }));
    api.get(`${base}/:type`, async (request: WithType) => {
      const type = find(request.params.type);
      if (type?.custom === undefined)
        return refuse(404, 'OBJECT_NOT_FOUND', `No schema found for ${request.params.type}`);
      return describeType(type, type.custom);
    });
  }
}
