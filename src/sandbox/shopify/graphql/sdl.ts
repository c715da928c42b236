import { buildSchema } from 'graphql';
import { graphqlTopic, topics } from '../webhook.ts';
import { recordMutationTypes } from './sdl-mutations.ts';

const page = 'first: Int, last: Int, after: String, before: String, reverse: Boolean = false';

const connection = (type: string): string => `
type ${type}Edge { cursor: String! node: ${type}! }
type ${type}Connection { edges: [${type}Edge!]! nodes: [${type}!]! pageInfo: PageInfo! }`;

/** The part of the Admin schema that is simulated, by the vendor's names. */
export const schema = buildSchema(`
schema { query: QueryRoot mutation: Mutation }

"ISO 8601 in UTC, whole seconds"
scalar DateTime
scalar Decimal
scalar Money
scalar UnsignedInt64
scalar URL

interface Node { id: ID! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type Count { count: Int! precision: CountPrecision! }
enum CountPrecision { EXACT AT_LEAST }
type MoneyV2 { amount: Decimal! currencyCode: String! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }

type QueryRoot {
  shop: Shop!
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  order(id: ID!): Order
  orders(${page}, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  ordersCount(query: String, limit: Int = 10000): Count
  customer(id: ID!): Customer
  customers(${page}, query: String, sortKey: CustomerSortKeys = ID): CustomerConnection!
  customersCount(query: String, limit: Int = 10000): Count
  product(id: ID!): Product
  products(${page}, query: String, sortKey: ProductSortKeys = ID): ProductConnection!
  productsCount(query: String, limit: Int = 10000): Count
  event(id: ID!): Event
  events(${page}, query: String, sortKey: EventSortKeys = ID): EventConnection
  eventsCount(query: String, limit: Int = 10000): Count
  webhookSubscription(id: ID!): WebhookSubscription
  webhookSubscriptions(${page}, query: String, sortKey: WebhookSubscriptionSortKeys = ID, format: WebhookSubscriptionFormat,
    topics: [WebhookSubscriptionTopic!], uri: String): WebhookSubscriptionConnection!
}

type Mutation {
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionCreatePayload
  webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
}

enum WebhookSubscriptionTopic { ${topics.map(graphqlTopic).join(' ')} }
enum WebhookSubscriptionFormat { JSON XML }
enum WebhookSubscriptionSortKeys { CREATED_AT ID }

input WebhookSubscriptionInput {
  uri: String
  callbackUrl: URL
  format: WebhookSubscriptionFormat
  includeFields: [String!]
}

type WebhookSubscription implements Node {
  id: ID!
  topic: WebhookSubscriptionTopic!
  uri: String!
  format: WebhookSubscriptionFormat!
  includeFields: [String!]!
  createdAt: DateTime!
  updatedAt: DateTime!
}

type UserError { field: [String!] message: String! }
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
type WebhookSubscriptionDeletePayload { deletedWebhookSubscriptionId: ID userErrors: [UserError!]! }

enum OrderSortKeys { CREATED_AT ID ORDER_NUMBER PROCESSED_AT TOTAL_PRICE UPDATED_AT }
enum CustomerSortKeys { CREATED_AT ID NAME UPDATED_AT }
enum ProductSortKeys { CREATED_AT ID PRODUCT_TYPE PUBLISHED_AT TITLE UPDATED_AT VENDOR }
enum EventSortKeys { CREATED_AT ID }

type Shop { id: ID! name: String! email: String! myshopifyDomain: String! ianaTimezone: String! currencyCode: String! }

enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
enum OrderDisplayFinancialStatus { AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED }
enum OrderDisplayFulfillmentStatus { FULFILLED PARTIALLY_FULFILLED UNFULFILLED }

type Order implements Node {
  id: ID!
  legacyResourceId: UnsignedInt64!
  name: String!
  email: String
  createdAt: DateTime!
  updatedAt: DateTime!
  processedAt: DateTime!
  closedAt: DateTime
  closed: Boolean!
  cancelledAt: DateTime
  cancelReason: OrderCancelReason
  confirmed: Boolean!
  currencyCode: String!
  displayFinancialStatus: OrderDisplayFinancialStatus
  displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  note: String
  sourceName: String
  tags: [String!]!
  test: Boolean!
  subtotalPriceSet: MoneyBag
  totalPriceSet: MoneyBag!
  totalTaxSet: MoneyBag
  customer: Customer
  lineItems(${page}): LineItemConnection!
}

type LineItem implements Node {
  id: ID!
  title: String!
  quantity: Int!
  sku: String
  product: Product
  originalUnitPriceSet: MoneyBag!
}

enum CustomerState { DECLINED DISABLED ENABLED INVITED }

type Customer implements Node {
  id: ID!
  legacyResourceId: UnsignedInt64!
  email: String
  firstName: String
  lastName: String
  displayName: String!
  phone: String
  state: CustomerState!
  note: String
  tags: [String!]!
  taxExempt: Boolean!
  verifiedEmail: Boolean!
  numberOfOrders: UnsignedInt64!
  amountSpent: MoneyV2!
  createdAt: DateTime!
  updatedAt: DateTime!
  defaultAddress: MailingAddress
  orders(${page}, query: String, sortKey: OrderSortKeys = ID): OrderConnection!
}

type MailingAddress implements Node {
  id: ID!
  company: String
  address1: String
  address2: String
  city: String
  province: String
  zip: String
  country: String
  countryCodeV2: String
}

enum ProductStatus { ACTIVE ARCHIVED DRAFT }

type Product implements Node {
  id: ID!
  legacyResourceId: UnsignedInt64!
  title: String!
  handle: String!
  descriptionHtml: String!
  vendor: String!
  productType: String!
  status: ProductStatus!
  tags: [String!]!
  totalInventory: Int!
  createdAt: DateTime!
  updatedAt: DateTime!
  publishedAt: DateTime
  variants(${page}): ProductVariantConnection!
}

type ProductVariant implements Node {
  id: ID!
  legacyResourceId: UnsignedInt64!
  title: String!
  price: Money!
  sku: String
  barcode: String
  inventoryQuantity: Int
  createdAt: DateTime!
  updatedAt: DateTime!
}

enum EventSubjectType { CUSTOMER ORDER PRODUCT }

interface Event { id: ID! action: String! createdAt: DateTime! message: String! }

type BasicEvent implements Event & Node {
  id: ID!
  action: String!
  arguments: [String!]!
  author: String!
  createdAt: DateTime!
  message: String!
  subjectId: ID!
  subjectType: EventSubjectType!
}
${['Order', 'Customer', 'Product', 'LineItem', 'ProductVariant', 'Event', 'WebhookSubscription'].map(connection).join('')}
${recordMutationTypes}
`);
