import type { MqttHookOptions } from '../cloud/cloud.js';
import { CliError } from './cli-error.js';

const SECRET_VARIABLE = 'SMARTLINK_MQTT_HOOK_SECRET';

/** Flags of the hooks by which somebody else's broker asks who may connect. */
export interface HookFlags {
  readonly mqttHookFrom?: readonly string[];
  readonly mqttHookSecret?: string;
}

/** Who may ask, with the secret that the environment or a flag has; undefined: nobody. @throws CliError `incomplete_hooks` */
export function mqttHooks(
  { mqttHookFrom: addresses, mqttHookSecret }: HookFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): MqttHookOptions | undefined {
  // A variable that is set for another cloud is no mistake.
  const secret = addresses === undefined ? mqttHookSecret : (env[SECRET_VARIABLE] ?? mqttHookSecret);
  if (addresses === undefined && secret === undefined) return undefined;
  if (addresses === undefined || secret === undefined) {
    throw new CliError(
      'incomplete_hooks',
      `--mqtt-hook-from and --mqtt-hook-secret go together: give both or neither. The secret may stand in ${SECRET_VARIABLE} instead.`,
      2,
    );
  }
  return { addresses, secret };
}
