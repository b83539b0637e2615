// The list of networks, and which one is meant. Names are foreign text.

import { ask, pause } from './api.js';

const byId = (id) => document.getElementById(id);
const other = byId('other');
const ssidInput = byId('ssid');

let networks = [];
/** The name that is meant, of the list or of an earlier request; `undefined`: none yet, or the one that is typed. */
let wanted;
let isSearching = false;
let drawn = '';

/** What is chosen: `{ssid, secured}`; `secured` is `undefined` where nobody knows. */
export function chosen() {
  if (other.checked) return { ssid: ssidInput.value };
  return networks.find(({ ssid }) => ssid === wanted) ?? { ssid: '' };
}

/** The name of an earlier request: it is chosen until somebody chooses another. */
export function prefer(ssid) {
  if (other.checked || wanted !== undefined) return;
  wanted = ssid;
  ssidInput.value = ssid;
}

export function drawNetworks(words) {
  byId('scan').textContent = isSearching
    ? words.searching
    : networks.length > 0
      ? words.found(networks.length)
      : words.foundNone;
  byId('refresh').disabled = isSearching;
  const now = words.tag + JSON.stringify(networks);
  if (now !== drawn) {
    drawn = now;
    const list = byId('networks');
    const hadFocus = list.contains(document.activeElement);
    list.replaceChildren(...networks.map((network) => row(network, words)));
    if (hadFocus) (list.querySelector(':checked') ?? other).focus();
  }
  // What was asked for before and is not heard is perhaps hidden.
  if (wanted !== undefined && !isSearching && !networks.some(({ ssid }) => ssid === wanted)) {
    wanted = undefined;
    other.checked = true;
  }
  drawFields();
}

/** Asks for the list until it is complete; `onChange` is called whenever it is another one. */
export async function search(onChange) {
  if (isSearching) return;
  isSearching = true;
  onChange();
  for (let misses = 0; isSearching && misses < 5; ) {
    try {
      const { data } = await ask('networks');
      misses = 0;
      networks = data.networks;
      isSearching = data.scanning;
    } catch {
      misses++;
    }
    onChange();
    if (isSearching) await pause(1500);
  }
  isSearching = false;
  onChange();
}

other.addEventListener('change', () => {
  wanted = undefined;
  drawFields();
});

/** An open network has no password; a hidden one has a name to type. */
function drawFields() {
  byId('ssid-field').hidden = !other.checked;
  byId('password-field').hidden = !other.checked && chosen().secured === false;
}

function row({ ssid, rssi, secured }, words) {
  const label = element('label', 'network');
  const input = element('input');
  input.type = 'radio';
  input.name = 'network';
  input.value = ssid;
  input.checked = ssid === wanted;
  input.addEventListener('change', () => {
    wanted = ssid;
    drawFields();
  });
  const strength = rssi >= -60 ? 3 : rssi >= -70 ? 2 : rssi >= -80 ? 1 : 0;
  const bars = element('span', 'bars');
  bars.setAttribute('aria-hidden', 'true');
  for (let bar = 0; bar < 4; bar++) bars.append(element('i', bar <= strength ? 'on' : ''));
  const about = element('span', 'unseen', ` ${words.signal[strength]}, ${secured ? words.secured : words.open}`);
  label.append(input, element('span', 'name', ssid), about);
  if (secured) label.append(element('span', 'lock'));
  label.append(bars);
  return label;
}

function element(name, className = '', text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
