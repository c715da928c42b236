const productAttributes = `title: String descriptionHtml: String vendor: String productType: String handle: String
  status: ProductStatus tags: [String!]`;

/** The mutations that write records, by the vendor's names, with what the sandbox keeps of their inputs. */
export const recordMutationTypes = `
extend type Mutation {
  orderCreate(order: OrderCreateOrderInput!): OrderCreatePayload
  orderUpdate(input: OrderInput!): OrderUpdatePayload
  orderDelete(orderId: ID!): OrderDeletePayload
  customerCreate(input: CustomerInput!): CustomerCreatePayload
  customerUpdate(input: CustomerInput!): CustomerUpdatePayload
  customerDelete(input: CustomerDeleteInput!): CustomerDeletePayload
  productCreate(product: ProductCreateInput!): ProductCreatePayload
  productUpdate(product: ProductUpdateInput!): ProductUpdatePayload
  productDelete(input: ProductDeleteInput!): ProductDeletePayload
}

input MoneyInput { amount: Decimal! currencyCode: String! }
input MoneyBagInput { shopMoney: MoneyInput! presentmentMoney: MoneyInput }
enum OrderCreateFinancialStatus { AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED }
input OrderCreateLineItemInput { title: String quantity: Int! sku: String priceSet: MoneyBagInput }
input OrderCreateOrderInput {
  email: String
  phone: String
  note: String
  tags: [String!]
  test: Boolean
  currency: String
  sourceName: String
  processedAt: DateTime
  financialStatus: OrderCreateFinancialStatus
  lineItems: [OrderCreateLineItemInput!]
}
input OrderInput { id: ID! email: String phone: String note: String tags: [String!] }
type OrderCreateUserError { code: String field: [String!] message: String! }
type OrderDeleteUserError { code: String field: [String!] message: String! }
type OrderCreatePayload { order: Order userErrors: [OrderCreateUserError!]! }
type OrderUpdatePayload { order: Order userErrors: [UserError!]! }
type OrderDeletePayload { deletedId: ID userErrors: [OrderDeleteUserError!]! }

input CustomerInput {
  id: ID
  email: String
  firstName: String
  lastName: String
  phone: String
  note: String
  tags: [String!]
  taxExempt: Boolean
}
input CustomerDeleteInput { id: ID! }
type CustomerCreatePayload { customer: Customer userErrors: [UserError!]! }
type CustomerUpdatePayload { customer: Customer userErrors: [UserError!]! }
type CustomerDeletePayload { deletedCustomerId: ID userErrors: [UserError!]! }

input ProductCreateInput { ${productAttributes} }
input ProductUpdateInput { id: ID ${productAttributes} }
input ProductDeleteInput { id: ID! }
type ProductCreatePayload { product: Product userErrors: [UserError!]! }
type ProductUpdatePayload { product: Product userErrors: [UserError!]! }
type ProductDeletePayload { deletedProductId: ID userErrors: [UserError!]! }
`;
