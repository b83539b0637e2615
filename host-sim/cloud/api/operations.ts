import { END_USER_OPERATIONS } from '../dialects/enduser/services.js';
import { GATEWAY_OPERATIONS } from '../dialects/gateway/microservices.js';
import type { ErrorWord } from '../errors.js';
import type { Operation, OwnOperation } from './operation.js';
import { OTA_OPERATIONS } from './ota-operations.js';
import { type RouteSchemas, SCHEMAS } from './schemas.js';
import { USER_OPERATIONS } from './user-operations.js';

const DEVICE: readonly ErrorWord[] = ['device_not_found'];
const COMMANDED: readonly ErrorWord[] = [
  'device_not_found',
  'device_not_activated',
  'device_disabled',
  'product_disabled',
  'control_not_supported',
  'too_many_requests',
  'device_timeout',
];
const OWNER: readonly ErrorWord[] = ['project_not_found', 'forbidden'];

const OWN: Readonly<Record<string, OwnOperation>> = {
  ...USER_OPERATIONS,
  'POST /api/v1/products': {
    id: 'createProduct',
    tag: 'Products',
    summary: 'Create a product',
    auth: 'user',
    errors: ['product_exists'],
  },
  'GET /api/v1/products': {
    id: 'listProducts',
    tag: 'Products',
    summary: 'List products',
    description: '`products` is `list` by another name.',
    auth: 'user',
    errors: [],
  },
  'GET /api/v1/products/:productKey': {
    id: 'getProduct',
    tag: 'Products',
    summary: 'A product',
    auth: 'user',
    errors: ['product_not_found'],
  },
  'GET /api/v1/products/:productKey/thing-model': {
    id: 'getThingModel',
    tag: 'Products',
    summary: 'Thing model of a product',
    description:
      'An extension: its properties and outputs, as the file that its boards are built from has them. A product that was created over this API has none: `not_found`.',
    auth: 'user',
    errors: ['product_not_found', 'not_found'],
  },
  'PUT /api/v1/products/:productKey': {
    id: 'updateProduct',
    tag: 'Products',
    summary: 'Update a product',
    description:
      'Changes what the body names. `status` 0 disables: its boards lose their sessions and cannot activate.',
    auth: 'user',
    errors: ['product_not_found'],
  },
  'DELETE /api/v1/products/:productKey': {
    id: 'deleteProduct',
    tag: 'Products',
    summary: 'Delete a product without devices',
    auth: 'user',
    errors: ['product_not_found', 'product_in_use'],
  },
  'POST /api/v1/devices/activate': {
    id: 'activate',
    tag: 'Devices',
    summary: 'Activate a board',
    description:
      'Called by boards. The same product key and serial number give the same device with fresh credentials. A board with a live session is not activated again, unless its request is signed.',
    auth: 'none',
    errors: [
      'invalid_product_key',
      'product_disabled',
      'device_disabled',
      'device_in_use',
      'forbidden',
      'too_many_requests',
      'broker_unavailable',
    ],
  },
  'GET /api/v1/devices': {
    id: 'listDevices',
    tag: 'Devices',
    summary: 'List devices',
    description: 'Those of the projects that the user owns or shares, and of the default one.',
    auth: 'user',
    errors: [],
    localized: true,
  },
  'POST /api/v1/devices': {
    id: 'registerDevice',
    tag: 'Devices',
    summary: 'Register a device ahead',
    description: 'An extension: it is inactive until its board activates.',
    auth: 'user',
    errors: ['invalid_product_key', 'product_disabled', 'device_exists', 'project_not_found'],
    localized: true,
  },
  'GET /api/v1/devices/:deviceId': {
    id: 'getDevice',
    tag: 'Devices',
    summary: 'A device',
    auth: 'user',
    errors: DEVICE,
    localized: true,
  },
  'PUT /api/v1/devices/:deviceId': {
    id: 'updateDevice',
    tag: 'Devices',
    summary: 'Rename, move, disable or enable a device',
    description:
      'An extension. Disabling ends the session of the board. In a shared project a member renames; the rest is for the owner.',
    auth: 'user',
    errors: ['device_not_found', 'project_not_found', 'forbidden'],
    localized: true,
  },
  'DELETE /api/v1/devices/:deviceId': {
    id: 'deleteDevice',
    tag: 'Devices',
    summary: 'Delete a device',
    description: 'Its session is closed and its credentials stop working. In a shared project this is for the owner.',
    auth: 'user',
    errors: [...DEVICE, 'forbidden'],
  },
  'GET /api/v1/devices/:deviceId/status': {
    id: 'deviceStatus',
    tag: 'Devices',
    summary: 'State of a device',
    auth: 'user',
    errors: DEVICE,
    localized: true,
  },
  'POST /api/v1/devices/:deviceId/control': {
    id: 'control',
    tag: 'Devices',
    summary: 'Command a device',
    description:
      'At most 2 KiB. `action` is toggle (with `position`), pulse (with `duration`, 50 to 60000 ms) or trigger; the older form is `switch` and `angle` (0 to 180); writable properties stand under their keys, where the product takes them. A board that is away gets the command if it comes back within 60 s.',
    auth: 'user',
    errors: [...COMMANDED, 'no_control_params'],
  },
  'POST /api/v1/devices/:deviceId/services/:name': {
    id: 'invokeService',
    tag: 'Devices',
    summary: 'Invoke a service of a device',
    description:
      'An extension. `property.get`, or a service of the firmware by name: `restart`, `getLog`, `reset` (back to the state of the factory; the device stays yours until it is deleted), `openProvisioning` (somebody may set it up for ten minutes), `setEnvironment` (`name`: the environment to move to), `setTrust` (`bundle`: signed environments). The body, which may be left out, is its parameters, at most 3840 bytes: for `property.get` a list of keys. `reply` is the answer of the board.',
    auth: 'user',
    errors: COMMANDED,
  },
  'GET /api/v1/devices/:deviceId/properties': {
    id: 'deviceProperties',
    tag: 'Devices',
    summary: 'Properties: last values, or history',
    description:
      'An extension. The history where the query names one of its parameters, even without a value; else the last values. Of the history 7 days and 10,000 points a board are kept.',
    auth: 'user',
    errors: DEVICE,
  },
  'GET /api/v1/devices/:deviceId/events': {
    id: 'deviceEvents',
    tag: 'Devices',
    summary: 'Events that a board posted, newest first',
    description: 'An extension. 7 days and 1,000 events a board are kept.',
    auth: 'user',
    errors: DEVICE,
  },
  'POST /api/v1/projects': {
    id: 'createProject',
    tag: 'Projects',
    summary: 'Create a project',
    description: 'At most 200 a user.',
    auth: 'user',
    errors: ['forbidden'],
  },
  'GET /api/v1/projects': {
    id: 'listProjects',
    tag: 'Projects',
    summary: 'List the projects that the user owns or shares',
    auth: 'user',
    errors: [],
  },
  'GET /api/v1/projects/:projectId': {
    id: 'getProject',
    tag: 'Projects',
    summary: 'A project',
    auth: 'user',
    errors: ['project_not_found'],
  },
  'PUT /api/v1/projects/:projectId': {
    id: 'updateProject',
    tag: 'Projects',
    summary: 'Update a project',
    description: 'For its owner.',
    auth: 'user',
    errors: OWNER,
  },
  'DELETE /api/v1/projects/:projectId': {
    id: 'deleteProject',
    tag: 'Projects',
    summary: 'Delete a project without devices',
    description: 'For its owner.',
    auth: 'user',
    errors: [...OWNER, 'project_in_use'],
  },
  'GET /api/v1/projects/:projectId/members': {
    id: 'listMembers',
    tag: 'Projects',
    summary: 'Who shares a project',
    auth: 'user',
    errors: ['project_not_found'],
  },
  'POST /api/v1/projects/:projectId/members': {
    id: 'addMember',
    tag: 'Projects',
    summary: 'Share a project with a user',
    description: 'For its owner.',
    auth: 'user',
    errors: OWNER,
  },
  'DELETE /api/v1/projects/:projectId/members': {
    id: 'removeMember',
    tag: 'Projects',
    summary: 'End a share',
    description: "The owner ends anybody's, a member his own.",
    auth: 'user',
    errors: [...OWNER, 'not_found'],
  },
  'POST /api/v1/projects/:projectId/bind-tokens': {
    id: 'createBindToken',
    tag: 'Projects',
    summary: 'Make a bind token',
    description: 'A board that activates with it within 10 minutes is put into the project. It works once.',
    auth: 'user',
    errors: ['project_not_found'],
  },
  'POST /api/v1/certificates': {
    id: 'issueCertificate',
    tag: 'Certificates',
    summary: 'Issue a client certificate',
    description:
      'Of an app, in the name of the user, for a year; or of a board (`deviceId`), for ten years, for whoever may delete that device. The only answer that shows key and password: the cloud keeps neither. At most 100 valid ones a user and 10 a board; 300 at once from one address, then 6 a minute. `not_found` where the cloud does not listen with TLS.',
    auth: 'token',
    errors: ['not_found', 'device_not_found', 'forbidden', 'too_many_requests'],
  },
  'GET /api/v1/certificates': {
    id: 'listCertificates',
    tag: 'Certificates',
    summary: 'List client certificates',
    description:
      'Those that the user had issued, and those of boards that he may delete; until 30 days after their end.',
    auth: 'user',
    errors: [],
  },
  'DELETE /api/v1/certificates/:serialNumber': {
    id: 'revokeCertificate',
    tag: 'Certificates',
    summary: 'Revoke a client certificate',
    description:
      'Acts at once, on open and resumed sessions too, and for good. For who had it issued and who may delete its board; a certificate of `smartlink ca issue` is revoked by the development account.',
    auth: 'token',
    errors: ['not_found'],
  },
  ...OTA_OPERATIONS,
  'POST /api/v1/mqtt/auth': {
    id: 'mqttAuth',
    tag: 'MQTT hooks',
    summary: 'May this client connect?',
    description:
      'As the HTTP authenticator of EMQX 5 asks: JSON or a form. What lacks a field or cannot be read is denied with the status 200, because EMQX takes any error for no answer.',
    auth: 'hook',
    errors: [],
    bare: true,
    deniesUnreadable: true,
  },
  'POST /api/v1/mqtt/acl': {
    id: 'mqttAcl',
    tag: 'MQTT hooks',
    summary: 'May this client publish or subscribe there?',
    description:
      'As the HTTP authorizer of EMQX 5 asks. A board may publish on its own served topics and subscribe below its own root, with wildcards only behind it; the account of the cloud itself whatever lies below `/sys/`.',
    auth: 'hook',
    errors: [],
    bare: true,
    deniesUnreadable: true,
  },
  'POST /api/v1/mqtt/rabbitmq/:secret/:question': {
    id: 'rabbitmqHook',
    tag: 'MQTT hooks',
    summary: 'The same in the words of RabbitMQ',
    description:
      'As the plugin `rabbitmq_auth_backend_http` asks with `http_method = post`: a form, answered by one word of plain text. A board may use its own subscription queue and `amq.topic`, and of that its own topics as routing keys.',
    auth: 'none',
    errors: ['unauthorized', 'forbidden'],
    bare: true,
    deniesUnreadable: true,
    takesForm: true,
  },
  'GET /env': {
    id: 'environment',
    tag: 'Service',
    summary: 'Where everything is',
    description:
      'An extension: the environment of this cloud, its base URLs for who reaches it by this host, and where it listens with TLS the certificate of its CA (`GET /ca.pem`). Over plain HTTP anybody in between could give another one: compare its fingerprint with that of `smartlink ca show`, or take it so on your own desk alone.',
    auth: 'none',
    errors: [],
  },
  'GET /health': { id: 'health', tag: 'Service', summary: 'Health', auth: 'none', errors: [], bare: true },
  'GET /healthz': {
    id: 'health',
    tag: 'Service',
    summary: 'Health, by its other name',
    auth: 'none',
    errors: [],
    bare: true,
  },
};

/** Every documented route by method and path. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...OWN,
  ...GATEWAY_OPERATIONS,
  ...END_USER_OPERATIONS,
};

/** Of an operation's request and answer. */
export function schemasOf({ id, schemas }: Operation): RouteSchemas {
  return schemas ?? SCHEMAS[id as OwnOperation['id']];
}
