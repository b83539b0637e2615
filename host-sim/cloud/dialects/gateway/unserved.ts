import { object, PATH_NAME } from '../../api/schema-parts.js';
import { CloudError } from '../../errors.js';
import type { Endpoint } from '../endpoint.js';
import type { Microservice } from './microservice.js';

/** Microservices that sell: routed, and answered by `not_implemented`. By the order of the catalogue. */
const UNSERVED: readonly { readonly name: string; readonly title: string; readonly routes: readonly string[] }[] = [
  {
    name: 'midppayc',
    title: 'payment',
    routes: ['GET /payment/v1/ability', 'POST /payment/v1/create', 'GET /payment/v1/query'],
  },
  {
    name: 'midplifec',
    title: 'logistics, geography and weather',
    routes: [
      'GET /api/logistics/v1/trackInfo',
      'GET /express/v1/logisticsDetailList',
      'GET /geo/v1/support-phone-registry',
      'GET /meteo/v1/daily',
      'POST /meteo/v1/find',
    ],
  },
  {
    name: 'blushopc',
    title: 'shop',
    routes: [
      'GET /app/goods/v1/goodsDetail',
      'GET /app/goods/v1/search',
      'POST /app/shopping/cart/v1/add',
      'GET /app/shopping/cart/v1/query',
      'POST /app/checkout/v2/create',
      'POST /app/checkout/v2/payment',
      'GET /app/order/v1/page',
      'GET /app/order/v1/detail',
      'POST /app/order/refund/v1/create',
      'GET /app/coupon/v1/page',
      'POST /app/coupon/v1/exchange',
      'GET /app/customer/v1/level',
      'POST /app/birthday/gift/v1/claim',
    ],
  },
  {
    name: 'bluas',
    title: 'after-sales',
    routes: [
      'POST /afterSaleOrder/v1/apply',
      'GET /afterSaleOrder/v1/detail',
      'POST /afterSaleOrder/v1/evaluate',
      'GET /faq/v1/faqCategoryList',
      'GET /faq/v1/findByCategoryId',
      'GET /deviceModelFault/v1/getFaultsByModel/:deviceModel',
      'POST /contactUs/v2/add',
      'POST /installation/v1/installationBegins',
      'GET /user/v1/installationOrder/page',
      'POST /user/v1/repairOrder/page',
    ],
  },
  {
    name: 'blubucksc',
    title: 'loyalty points',
    routes: [
      'GET /bucksApi/query/v1/summary',
      'GET /bucksApi/query/v1/journal',
      'POST /bucksApi/pointsEarn/v1/sign',
      'GET /bucksApi/query/v1/signInfo',
    ],
  },
  {
    name: 'bludistc',
    title: 'distribution',
    routes: [
      'POST /app/order/v1/add',
      'GET /app/order/v1/paged',
      'POST /app/orderReturn/v1/add',
      'GET /app/pay/v1/allowedPayTransaction',
      'POST /app/pay/v1/thirdPartyPayment/order',
      'GET /app/taxExempt/v1/paged',
    ],
  },
  {
    name: 'blufic',
    title: 'finance',
    routes: [
      'GET /fic/app/transaction/v1/page',
      'POST /fic/app/withdrawal/v1/add',
      'GET /fic/app/bankCard/v1/info',
      'GET /fic/app/distributor/v1/accountStats',
    ],
  },
  {
    name: 'bluinstp',
    title: 'installation',
    routes: ['POST /app/order/v2/add', 'GET /app/order/v2/page', 'GET /app/device/v1/overview'],
  },
  {
    name: 'bluelearn',
    title: 'learning',
    routes: [
      'GET /app/videoClassify/v1/classifications',
      'GET /app/videoClassify/v1/getAppVideos',
      'GET /app/videoClassify/v1/countrys',
    ],
  },
];

/** What a dev cloud for boards does not do; it says so to whoever is logged in. */
export const UNSERVED_SERVICES: readonly Microservice[] = UNSERVED.map(({ name, title, routes }) => ({
  name,
  title,
  endpoints: Object.fromEntries(routes.map((route) => [route, unserved(name, title, route)])),
}));

function unserved(name: string, title: string, route: string): Endpoint {
  const names = [...route.matchAll(/:(\w+)/g)].map(([, parameter]) => [parameter, PATH_NAME]);
  return {
    id: `gateway ${name} ${route}`.replace(/[^A-Za-z0-9]+(.)/g, (_all, next: string) => next.toUpperCase()),
    summary: `Not served here (${title})`,
    errors: ['not_implemented'],
    unserved: true,
    ...(names.length > 0 && { params: object(Object.fromEntries(names)) }),
    data: { type: 'null' },
    run: () => {
      throw new CloudError('not_implemented', `the service ${name} (${title}) is not part of a dev cloud for boards`);
    },
  };
}
