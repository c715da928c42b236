/** The shape of the OpenAPI document that routes make up. */
import type { JsonSchema } from './schemas/json-schema.ts';

/** Which part of the API a route belongs to. */
export type Tag = 'instances' | 'events' | 'connectors' | 'explain' | 'inbound' | 'operation';

export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<string, string>>;
  readonly servers: readonly JsonSchema[];
  readonly tags: readonly { readonly name: Tag; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}
