import { loadProduct } from '../../../host-sim/products/load.js';
import type { ControlMode, OutputDefinition, Product, PropertyDefinition } from '../../../src/core/product.js';

const SESSION = { heartbeatS: 60, reconnectSpreadS: 10, pingTimeoutS: 10, maxMessageBytes: 4096, outboxSize: 32 };

/** The first output of a shipped product. */
const outputOf = (productKey: string): OutputDefinition => loadProduct(productKey).outputs[0]!;

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
  source: { channel: 0, attribute: 'level' },
};

const POWER: PropertyDefinition = {
  key: 'power',
  name: { en: 'Power', zh: '开关' },
  type: 'boolean',
  writable: true,
  source: { channel: 0, attribute: 'on' },
};

/** A product of any control mode, with two outputs, which are servos where nothing else is said. */
export function product(
  productKey: string,
  controlMode: ControlMode,
  properties: readonly PropertyDefinition[] = [POSITION],
  output = outputOf('SW-SERVO-001'),
): Product {
  return {
    productKey,
    name: { en: 'Smart Servo Switch', zh: '智能开关' },
    description: { en: 'ESP32 smart servo switch', zh: 'ESP32 智能开关' },
    category: 'switch',
    chipModel: 'ESP32',
    firmwareVersion: '1.0.0',
    controlMode,
    activationMode: 'open',
    app: {
      uiTemplate: 'servo_switch',
      iconName: 'settings_remote',
      iconColor: '#FF6B35',
      manufacturer: 'SmartLink',
      model: 'ESP32-Servo',
    },
    outputs: [
      { ...output, pin: 4 },
      { ...output, pin: 5 },
    ],
    interlocks: [],
    inputs: [],
    properties,
    session: SESSION,
    provisioning: { bleName: 'IoT-Switch-', originBle: 'compat' },
  };
}

export const SERVO = product('SW-SERVO-001', 'toggle');
export const DIMMER = {
  ...product('SW-DIM-001', 'dimmer', [POSITION, LEVEL, POWER], outputOf('SW-DIM-001')),
  category: 'light',
};
export const SENSOR = { ...product('SW-SENSE-001', 'readonly'), category: 'sensor' };
export const PULSER = product('SW-PULSE-001', 'pulse', [POSITION, POWER], outputOf('SW-RELAY-002'));
export const PRODUCTS = [SERVO, DIMMER, SENSOR, PULSER];

/** A property that an input measures. */
export function measured(key: string, unit?: string, more: Partial<PropertyDefinition> = {}): PropertyDefinition {
  const name = { en: key, zh: key };
  const source = { input: 0 };
  return { key, name, type: 'number', ...(unit && { unit }), min: 0, max: 1e6, writable: false, source, ...more };
}

/** A maker's own product: a power station with panels, a battery and meters. */
export const STATION: Product = {
  ...product('PS-500', 'readonly', [
    measured('battery_soc', '%', { name: { en: 'Charge', zh: '电量' } }),
    measured('battery_power', 'W'),
    measured('pv_power', 'kW'),
    measured('pv_energy', 'Wh', { name: { en: 'Produced', zh: '发电量' } }),
    measured('load_power', 'W'),
    measured('load_energy', 'kWh'),
  ]),
  name: { en: 'Power Station', zh: '储能电源' },
  category: 'energy',
  outputs: [],
};
