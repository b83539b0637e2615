import type { WiFiLoss } from '../ports/wifi.js';

/**
 * What ESP-IDF's reason for a failed attempt (`wifi_err_reason_t`; 0: none was given) means. A station cannot see a wrong
 * password: it sees that the handshake which proves it does not end. A very weak signal can look the same. A network that
 * asks for another kind of security than the credentials have counts as a wrong password too.
 */
export function wifiLoss(reason: number): WiFiLoss {
  switch (reason) {
    case 14: // message integrity check failed
    case 15: // 4-way handshake timed out
    case 202: // authentication failed
    case 204: // handshake timed out
    case 210: // no access point with compatible security
    case 211: // no access point within the threshold of authentication modes
      return 'wrong_password';
    case 201: // no access point found
    case 212: // none above the threshold of signal strength
      return 'no_such_network';
    default:
      return 'lost';
  }
}
