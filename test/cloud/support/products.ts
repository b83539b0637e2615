import type { ControlMode, Product, PropertyDefinition } from '../../../src/core/product.js';

const SESSION = { heartbeatS: 60, reconnectSpreadS: 10, pingTimeoutS: 10, maxMessageBytes: 4096, outboxSize: 32 };

const RELAY = {
  type: 'relay',
  pin: 4,
  activeLevel: 1,
  powerOn: 'off',
  minOnMs: 0,
  minOffMs: 0,
  pulse: { position: 'up', rest: 'down', durationMs: 500, maxMs: 60_000 },
} as const;

const POSITION: PropertyDefinition = {
  key: 'position',
  name: { en: 'Position', zh: '位置' },
  type: 'enum',
  values: ['up', 'middle', 'down'],
  writable: false,
  source: { channel: 0, attribute: 'position' },
};

const LEVEL: PropertyDefinition = {
  key: 'level',
  name: { en: 'Level', zh: '亮度' },
  type: 'integer',
  min: 0,
  max: 100,
  step: 5,
  writable: true,
  source: { channel: 0, attribute: 'angle' },
};

const POWER: PropertyDefinition = {
  key: 'power',
  name: { en: 'Power', zh: '开关' },
  type: 'boolean',
  writable: true,
  source: { channel: 0, attribute: 'on' },
};

/** A product of any control mode, with two outputs. */
export function product(
  productKey: string,
  controlMode: ControlMode,
  properties: readonly PropertyDefinition[] = [POSITION],
): Product {
  return {
    productKey,
    name: { en: 'Smart Servo Switch', zh: '智能开关' },
    description: { en: 'ESP32 smart servo switch', zh: 'ESP32 智能开关' },
    category: 'switch',
    chipModel: 'ESP32',
    firmwareVersion: '1.0.0',
    controlMode,
    app: {
      uiTemplate: 'servo_switch',
      iconName: 'settings_remote',
      iconColor: '#FF6B35',
      manufacturer: 'SmartLink',
      model: 'ESP32-Servo',
    },
    outputs: [RELAY, { ...RELAY, pin: 5 }],
    interlocks: [],
    inputs: [],
    properties,
    session: SESSION,
  };
}

export const SERVO = product('SW-SERVO-001', 'toggle');
export const DIMMER = { ...product('SW-DIM-001', 'dimmer', [POSITION, LEVEL, POWER]), category: 'light' };
export const SENSOR = { ...product('SW-SENSE-001', 'readonly'), category: 'sensor' };
export const PULSER = product('SW-PULSE-001', 'pulse', [POSITION, POWER]);
export const PRODUCTS = [SERVO, DIMMER, SENSOR, PULSER];
