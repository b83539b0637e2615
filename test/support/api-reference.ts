/**
 * The answers and messages of the API reference v0.3.0, as they stand there, by the number of their section. Where an
 * example leaves out `message`, it stands in: every answer carries all three keys.
 */
const PRODUCT = {
  productId: 1,
  productKey: 'SW-SERVO-001',
  name: 'Smart Servo Switch',
  description: 'ESP32 smart servo switch',
  category: 'switch',
  controlMode: 'toggle',
  uiTemplate: 'servo_switch',
  iconName: 'settings_remote',
  iconColor: '#FF6B35',
  manufacturer: 'SmartLink',
  model: 'ESP32-Servo',
  status: 1,
};

const DEVICE = {
  deviceId: 'dev_a1b2c3d4',
  deviceSN: 'AABBCCDDEEFF',
  productKey: 'SW-SERVO-001',
  projectId: 'proj_default',
  name: '客厅开关',
  status: 'online',
  statusText: '在线',
  firmwareVersion: '1.0.0',
  chipModel: 'ESP32',
  lastOnlineAt: '2026-01-10T15:30:00Z',
  activatedAt: '2026-01-10T10:00:00Z',
  createdAt: '2026-01-10T10:00:00Z',
  product: {
    productId: 1,
    productKey: 'SW-SERVO-001',
    name: 'Smart Servo Switch',
    uiTemplate: 'servo_switch',
    iconName: 'settings_remote',
    iconColor: '#FF6B35',
  },
};

const ok = <T>(data: T) => ({ code: 200, message: 'success', data });

export const REFERENCE = {
  '2.1': ok({ userId: 1, username: 'user@example.com', email: 'user@example.com' }),
  '2.2': ok({
    user: { userId: 1, username: 'user@example.com', email: 'user@example.com' },
    token: 'eyJhbGci...',
    refreshToken: 'eyJhbGci...',
    expiresIn: 86400,
  }),
  '2.5': ok({ keyId: 'ak_xxx', apiKey: 'sk_xxx...', description: '用于设备集成' }),
  '3.1 request': {
    productKey: 'SW-SERVO-002',
    name: '智能开关 v2',
    description: 'ESP32 智能开关设备',
    category: 'switch',
    controlMode: 'toggle',
    uiTemplate: 'servo_switch',
    iconName: 'settings_remote',
    iconColor: '#FF6B35',
    manufacturer: 'SmartLink',
    model: 'ESP32-Switch-v2',
  },
  '3.1': ok({ productId: 2, productKey: 'SW-SERVO-002', name: '智能开关 v2' }),
  '3.2': ok({ list: [PRODUCT], total: 10, page: 1, size: 20 }),
  '3.3': ok(PRODUCT),
  '4.1 request': {
    productKey: 'SW-SERVO-001',
    deviceSN: 'AABBCCDDEEFF',
    firmwareVersion: '1.0.0',
    chipModel: 'ESP32',
  },
  '4.1': ok({
    deviceId: 'dev_a1b2c3d4',
    deviceSecret: 'sk_abc123...',
    mqtt: {
      server: '192.168.1.100',
      port: 1883,
      portTLS: 8883,
      username: 'SW-SERVO-001&dev_a1b2c3d4',
      password: 'tk_xyz789...',
      clientId: 'SW-SERVO-001&dev_a1b2c3d4',
      keepAlive: 60,
    },
    topics: {
      propertyPost: '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/event/property/post',
      propertySet: '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/service/property/set',
      status: '/sys/SW-SERVO-001/dev_a1b2c3d4/status',
    },
  }),
  '4.1 error': { code: 400, message: 'invalid_product_key', data: null },
  '4.2': ok({ list: [DEVICE], total: 1, page: 1, size: 20 }),
  '4.3': ok(DEVICE),
  '4.4': ok({
    deviceId: 'dev_a1b2c3d4',
    deviceName: '客厅开关',
    online: true,
    position: 'up',
    status: 'online',
    lastOnlineAt: '2026-01-10T15:30:00Z',
  }),
  '4.5': ok({ message: 'command_sent' }),
  '5.2': {
    method: 'thing.event.property.post',
    id: '123456',
    params: { position: 'up', angle: 90, wifi_rssi: -45 },
    time: 1704886800000,
  },
  '5.3': {
    method: 'thing.service.property.set',
    id: '789012',
    params: { action: 'toggle', position: 'up' },
    time: 1704886800000,
  },
  '5.4 online': { status: 'online', time: 1704886800000 },
  '5.4 offline': { status: 'offline', time: 1704886800000 },
} as const;

/** A time as the reference writes it: ISO 8601, UTC; fractions of a second may stand. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * What an example says about form: its keys and the types of its values. Two values of the same form have the same one;
 * a list has the form of its elements, which must all be alike.
 */
export function formOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const forms = new Map(value.map((one) => [JSON.stringify(formOf(one)), formOf(one)]));
    return [...forms.values()];
  }
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, formOf((value as Record<string, unknown>)[key])]));
}
