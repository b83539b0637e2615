import type { MqttClient } from 'mqtt';
import type { ControlCarrier } from './control-channel.js';

/** Carries control over an mqtt.js client, whoever else uses it. */
export function carrierOver(client: MqttClient): ControlCarrier {
  return {
    get isConnected() {
      return client.connected;
    },
    publish: (topic, payload) => {
      client.publish(topic, payload, { qos: 0 }, () => {
        // Whoever waits for its answer has a deadline.
      });
    },
    subscribe: (topic, { message, opened, lost }) => {
      let connection = 0;
      const ask = () => {
        connection += 1;
        const asked = connection;
        client.subscribe(topic, { qos: 0 }, (error, granted) => {
          const isGranted = !error && granted?.every(({ qos }) => qos < 128);
          if (isGranted && asked === connection && client.connected) opened();
        });
      };
      const end = () => {
        connection += 1;
        lost();
      };
      const hear = (from: string, payload: Buffer) => {
        if (from === topic) message(payload);
      };
      client.on('connect', ask);
      client.on('close', end);
      client.on('message', hear);
      if (client.connected) ask();
      return {
        close: () => {
          connection += 1;
          client.off('connect', ask);
          client.off('close', end);
          client.off('message', hear);
        },
      };
    },
  };
}
