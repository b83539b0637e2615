/** Bodies and answers of the API reference v0.3.0, to the letter. */

/** 3.1, the request. */
export const NEW_PRODUCT = {
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
};

/** 4.2: what a device shows of its product. */
export const SERVO_OF_DEVICE = {
  productId: 1,
  productKey: 'SW-SERVO-001',
  name: 'Smart Servo Switch',
  uiTemplate: 'servo_switch',
  iconName: 'settings_remote',
  iconColor: '#FF6B35',
};

/** 3.2, an item of the list. */
export const SERVO = {
  ...SERVO_OF_DEVICE,
  description: 'ESP32 smart servo switch',
  category: 'switch',
  controlMode: 'toggle',
  manufacturer: 'SmartLink',
  model: 'ESP32-Servo',
  status: 1,
};

/** 4.1, the request. */
export const ACTIVATION = {
  productKey: 'SW-SERVO-001',
  deviceSN: 'AABBCCDDEEFF',
  firmwareVersion: '1.0.0',
  chipModel: 'ESP32',
};
