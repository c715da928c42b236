/** One resource of the Admin API. Names and writable attributes are those of the vendor's REST reference. */
export interface Resource {
  /** As in the path, and as records are kept by. */
  readonly name: string;
  /** What wraps one record. */
  readonly singular: string;
  /** The type in GraphQL and in GraphQL ids. */
  readonly type: 'Order' | 'Customer' | 'Product';
  /** What a create or update may set; the vendor ignores the rest. */
  readonly writable: readonly string[];
  /** Whether the event log tells deletes, unless the faults say otherwise. */
  readonly deletesLogged: boolean;
}

export const resources: readonly Resource[] = [
  {
    name: 'orders',
    singular: 'order',
    type: 'Order',
    writable: [
      'email', 'phone', 'note', 'tags', 'currency', 'financial_status', 'fulfillment_status', 'line_items', 'customer', 'total_tax',
      'total_price', 'subtotal_price', 'processed_at', 'source_name', 'test', 'shipping_address', 'billing_address', 'note_attributes',
    ], // biome-ignore format: a list to read, not to scan
    deletesLogged: false,
  },
  {
    name: 'customers',
    singular: 'customer',
    type: 'Customer',
    writable: [
      'email',
      'first_name',
      'last_name',
      'phone',
      'note',
      'tags',
      'tax_exempt',
      'verified_email',
      'default_address',
    ],
    deletesLogged: false,
  },
  {
    name: 'products',
    singular: 'product',
    type: 'Product',
    writable: [
      'title', 'body_html', 'vendor', 'product_type', 'handle', 'status', 'tags', 'published_at', 'variants', 'options', 'images',
      'template_suffix',
    ], // biome-ignore format: a list to read, not to scan
    deletesLogged: true,
  },
];

/** The resource of this name. */
export function findResource(name: string): Resource | undefined {
  return resources.find((resource) => resource.name === name);
}

export const orderStatuses = [
  'authorized',
  'pending',
  'paid',
  'partially_paid',
  'refunded',
  'voided',
  'partially_refunded',
] as const;
export const productStatuses = ['active', 'archived', 'draft'] as const;
export const customerStates = ['enabled', 'disabled', 'invited', 'declined'] as const;
