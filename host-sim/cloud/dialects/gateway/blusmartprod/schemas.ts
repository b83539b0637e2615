import { nullable, object, text, time } from '../../../api/schema-parts.js';

/** An id in a body; what names nothing is not found. */
export const ID = text(64);
export const DEVICE_SN = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };
export const PRODUCT_KEY = text(256);
const TEXT = { type: 'string' };

/** The one shape of a device. */
export const DEVICE = object({
  deviceId: TEXT,
  deviceSN: TEXT,
  productKey: TEXT,
  productName: TEXT,
  category: TEXT,
  name: { ...TEXT, description: 'The alias of the caller, or else `deviceName`.' },
  deviceName: { ...TEXT, description: 'As everybody sees it.' },
  alias: nullable(TEXT),
  remark: nullable(TEXT),
  spaceId: { ...TEXT, description: 'Its project.' },
  spaceName: TEXT,
  role: { type: 'string', enum: ['owner', 'member'], description: 'Of the caller in the space.' },
  isBound: { type: 'boolean', description: 'False in `proj_default`, which is everybody’s.' },
  status: { type: 'string', enum: ['inactive', 'online', 'offline', 'disabled'] },
  statusText: { ...TEXT, description: 'The same, for people.' },
  online: { type: 'boolean' },
  firmwareVersion: TEXT,
  chipModel: TEXT,
  lastOnlineAt: { ...nullable(time), description: 'When it last came online or went offline.' },
  activatedAt: nullable(time),
  createdAt: time,
  boundAt: { ...nullable(time), description: 'Since when it is in its space; null where that is not known.' },
  isTop: { type: 'boolean' },
  sort: { ...nullable({ type: 'integer' }), description: 'Its place in the caller’s own order, from 0.' },
  emissionRate: { ...nullable({ type: 'number' }), description: 'As the caller has set it, kg of CO₂ a kWh.' },
  uiTemplate: TEXT,
  iconName: TEXT,
  iconColor: TEXT,
});

export const MEMBER = object({
  userId: { type: 'integer' },
  username: TEXT,
  role: { type: 'string', enum: ['owner', 'member'] },
});
