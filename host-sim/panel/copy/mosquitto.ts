import { shellWord } from './shell.js';

/** A message as somebody can publish it who has the credentials. */
export interface MosquittoMessage {
  /** `mqtt://host:port`, or `mqtts://host:port`, where a client certificate has to be shown. */
  readonly url: string;
  /** A board signs in by its client id, which is its user name too; a user by his id. The secret stands in a variable of the shell. */
  readonly login:
    | { readonly as: 'board'; readonly clientId: string }
    | { readonly as: 'user'; readonly userId: string };
  readonly topic: string;
  /** Text. */
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** What a system takes as one argument, bytes; at Linux it is twice that. */
const MOST_ARGUMENT = 65_536;
/** Of a user: a token of the API, and the certificate that `POST /api/v1/certificates` gives. */
const TLS = '--cafile "$CA_FILE" --cert "$CERT_FILE" --key "$KEY_FILE"';

/**
 * The line for a POSIX shell that publishes it by `mosquitto_pub`.
 * @throws {RangeError} where no line can: NUL in it, or a URL that is none of MQTT's
 */
export function mosquittoLine({ url, login, topic, payload, qos, retain }: MosquittoMessage): string {
  const { scheme, host, port } = readUrl(url);
  const words = ['mosquitto_pub', '-h', shellWord(host), '-p', port];
  if (scheme === 'mqtts') words.push(TLS);
  if (login.as === 'board') {
    words.push('-i', shellWord(login.clientId), '-u', shellWord(login.clientId), '-P', '"$MQTT_PASSWORD"');
  } else {
    words.push('-u', shellWord(login.userId), '-P', '"$TOKEN"');
  }
  if (qos > 0) words.push('-q', String(qos));
  if (retain) words.push('-r');
  words.push('-t', shellWord(topic));
  if (payload === '') return [...words, '-n'].join(' ');
  const word = shellWord(payload);
  if (word.length * 3 < MOST_ARGUMENT) return [...words, '-m', word].join(' ');
  // What is too long for an argument comes from the shell itself.
  return `printf %s ${word} | ${[...words, '-s'].join(' ')}`;
}

function readUrl(url: string): { readonly scheme: string; readonly host: string; readonly port: string } {
  const [, scheme, plain, bracketed, port] = /^(mqtts?):\/\/(?:([^/:[\]]+)|\[([^\]]+)\]):(\d+)\/?$/.exec(url) ?? [];
  const host = plain ?? bracketed;
  if (scheme === undefined || host === undefined || port === undefined) throw new RangeError('this is no URL of MQTT');
  return { scheme, host, port };
}
