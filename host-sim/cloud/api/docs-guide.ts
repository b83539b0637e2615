/** A frame that a client sends over the WebSocket, and the answer to it; a test says them to a cloud. */
export interface GuideFrame {
  readonly send: Readonly<Record<string, unknown>>;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Frames of a user; `TOKEN` stands for the token of a login. */
export const USER_FRAMES: readonly GuideFrame[] = [
  { send: { action: 'auth', token: 'TOKEN' }, answer: { action: 'auth', code: 200, message: 'success' } },
  {
    send: { action: 'subscribe', topic: '/sys/+/+/thing/event/property/post' },
    answer: { action: 'subscribe', code: 200, message: 'success' },
  },
];

/** Frames of a board; `USERNAME` and `PASSWORD` stand for those of its activation. */
export const BOARD_FRAMES: readonly GuideFrame[] = [
  {
    send: { action: 'auth', username: 'USERNAME', password: 'PASSWORD' },
    answer: { action: 'auth', code: 200, message: 'success' },
  },
];

const dialogue = (frames: readonly GuideFrame[]): string =>
  frames.map(({ send, answer }) => `→ ${JSON.stringify(send)}\n← ${JSON.stringify(answer)}`).join('\n');

/** What a client must know before the operations: HTML of our own, with nothing from outside in it. */
export const GUIDE = `
<section id="authentication"><h2>Authentication</h2>
<p>A user logs in with <code>POST /api/v1/users/login</code> and sends its <code>token</code> with every request:</p>
<pre>Authorization: Bearer TOKEN</pre>
<p>A program may use an API key instead (<code>POST /api/v1/users/api-keys</code>):</p>
<pre>X-API-Key: KEY
X-API-Secret: SECRET</pre>
<p>Texts for people are Chinese; <code>Accept-Language: en</code> asks for English.</p></section>
<section id="websocket"><h2>WebSocket</h2>
<p>At <code>/mqtt</code> on the WebSocket's port: JSON frames, each answered. A user sees the boards that he may see, with
wildcards; a board sees its own topics. Other actions: <code>unsubscribe</code> (topic), <code>publish</code> (topic, payload: a
property set or a service call), <code>ping</code>. Without <code>auth</code> within 10 s the connection is closed.</p>
<pre>${dialogue(USER_FRAMES)}
← {"topic":"/sys/SW-SERVO-001/dev_…/thing/event/property/post","payload":{…}}</pre>
<p>A board signs in with what its activation gave it:</p>
<pre>${dialogue(BOARD_FRAMES)}</pre></section>
<section id="mqtt"><h2>MQTT</h2>
<p>MQTT 3.1.1 is for boards: user name, password and client id are those of the activation, topics those in its
<code>topics</code>. Who asks for the subprotocol <code>mqtt</code> at the WebSocket's <code>/mqtt</code> gets the same over WebSocket.
Users read and command over HTTP or the WebSocket, or over MQTT on the mutual TLS port.</p></section>
<section id="mutual-tls"><h2>Mutual TLS</h2>
<p>MQTT for who shows a client certificate of this cloud (<code>POST /api/v1/certificates</code>), at the port that the activation
names as <code>extensions.mqttPortMTLS</code>. The certificate opens the port, and a login follows: a board's, as above, or a user's,
with his <code>userId</code> as user name and his <code>token</code> as password. A board's certificate lets that board alone in.</p>
<p>Where everything listens <code>GET /env</code> says, and whom to trust <code>GET /ca.pem</code>. Taken over plain HTTP, that
certificate may be anybody's: do so on your own desk alone, or compare its fingerprint with <code>smartlink ca show</code>.</p>
<pre>openssl pkcs12 -in app.p12 -noenc -out app.pem
mosquitto_sub -h HOST -p 18760 --cafile ca.pem --cert app.pem --key app.pem -u USER_ID -P TOKEN -v -t '/sys/#'</pre>
<p>A user hears what the WebSocket would tell him, and commands by a publish to the topic of a property set or a service, with
<code>{"params":{…}}</code>: the cloud gives the board the command in his name. One that cannot be given is acknowledged and dropped.
Over HTTP and the WebSocket the answer would say why. A revoked certificate, and a login that has ended, end the session.</p></section>
`;

export const GUIDE_NAV =
  '<strong>Guide</strong><a href="#authentication">Authentication</a><a href="#websocket">WebSocket</a><a href="#mqtt">MQTT</a><a href="#mutual-tls">Mutual TLS</a>';
