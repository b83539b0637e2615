import { expect, test } from 'vitest';
import { mqttHooks } from '../../host-sim/cli/mqtt-hooks.js';

const FROM = { mqttHookFrom: ['10.0.0.0/8'] };
const VARIABLE = { SMARTLINK_MQTT_HOOK_SECRET: 'from-the-environment' };

test('the secret of the hooks comes from the environment, where no list of processes shows it, or from the flag', () => {
  expect(mqttHooks(FROM, VARIABLE)).toEqual({ addresses: ['10.0.0.0/8'], secret: 'from-the-environment' });
  expect(mqttHooks({ ...FROM, mqttHookSecret: 'from-the-flag' }, VARIABLE)?.secret).toBe('from-the-environment');
  expect(mqttHooks({ ...FROM, mqttHookSecret: 'from-the-flag' }, {})?.secret).toBe('from-the-flag');
});

test('the variable alone opens no hooks, and half of the flags is an error', () => {
  expect(mqttHooks({}, VARIABLE)).toBeUndefined();
  const incomplete = expect.objectContaining({ code: 'incomplete_hooks' });
  expect(() => mqttHooks(FROM, {})).toThrow(incomplete);
  expect(() => mqttHooks({ mqttHookSecret: 'from-the-flag' }, VARIABLE)).toThrow(incomplete);
});
