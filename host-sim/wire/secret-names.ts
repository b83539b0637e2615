/** What nobody may read has a name in which one of these stands, however that is written (`deviceSecret`, `api_key`). */
const SECRET_WORD =
  /password|passwd|passphrase|secret|token|credential|authorization|signature|cookie|privatekey|apikey|boardkey/;
/** Or it is one of these. */
const SECRET_NAME = /^(?:sign|digestsign|pwd|pop|psk|pfx|jwt|key)$/;

/** Whether a field, a header or a parameter of this name holds what nobody may read. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_WORD.test(plain) || SECRET_NAME.test(plain);
}

/** Whether the value of a header is a secret, whatever it says. */
export function isSecretHeader(name: string): boolean {
  return /^x-api-/i.test(name) || isSecretName(name);
}

/** In a text: the token of a file (whoever has its URL may fetch it), who asks, parameters by their names, and bearers. */
const FILE_TOKEN = /(\/ota\/files\/)([^\s/?#"]+)/gi;
const USER = /(:\/\/)([^\s/?#@"]+)(?=@)/g;
const PARAMETER = /(^|[?&;#\s])([^=?&;#\s"]+)=([^&;#\s"]+)/g;
const BEARER = /\b(Bearer |Basic )([^\s"]+)/gi;

/** A text with its secrets hidden, as long as before. */
export function redactText(text: string): string {
  return text
    .replace(FILE_TOKEN, (_all, before: string, token: string) => before + stars(token))
    .replace(USER, (_all, before: string, user: string) => before + stars(user))
    .replace(BEARER, (_all, before: string, token: string) => before + stars(token))
    .replace(PARAMETER, (all, before: string, name: string, value: string) =>
      isSecretName(decoded(name)) ? `${before}${name}=${stars(value)}` : all,
    );
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // What cannot be read is none of ours; its name may be anything.
    return 'secret';
  }
}
