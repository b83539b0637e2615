const SHORT = ['short'];
const FLICKER = ['power-flicker', 'short'];
const HANDS = ['stuck-and-bouncing', 'short'];
const FLEET = ['fleet-drop', 'short'];
const NEW = ['out-of-the-box', 'moving-in'];
const TRUST = ['man-in-the-middle', 'short-tls'];
const MOVING = ['moving-in', 'out-of-the-box'];
const OLD_BUILDS = ['old-builds', 'short-update'];
const BAD_BUILDS = ['bad-build', 'short-update'];
const CUTS = ['update-cuts', 'short-update'];

const LIFE = 'src/core/life-cycle.ts';
const BACKOFF = 'src/core/backoff.ts';
const MQTT = 'src/mqtt/client.ts';
const COMMANDS = 'src/thing/command-handler.ts';
const SERVO = 'src/control/servo.ts';
const RELAY = 'src/control/relay.ts';
const BOARD = 'src/board/board.ts';
const MEMBERSHIP = 'src/board/membership.ts';
const NETWORK = 'src/board/known-network.ts';
const PROVISIONING = 'src/board/provisioning.ts';
const RESET = 'src/board/factory-reset.ts';
const SETUP = 'src/provisioning/setup.ts';
const CHAIN = 'src/core/certificate-chain.ts';
const PACKAGE = 'src/core/package-header.ts';
const RULES = 'src/core/package-rules.ts';
const TRY = 'src/ota/transfer-try.ts';
const UPDATE_JOB = 'src/board/update-job.ts';
const UPDATE_RECORD = 'src/board/update-record.ts';
const TRIAL = 'src/board/firmware-trial.ts';
const SWITCH = 'src/board/switch-outcome.ts';

/**
 * Ways to break the firmware. `find` stands just once in `file` and is replaced; `scenarios` are where it is to be noticed,
 * tried in turn.
 */
export const MUTATIONS = [
  // Life cycle and waits.
  {
    name: 'a wait after Wi-Fi was lost never ends',
    file: LIFE,
    find: "  if (state.phase === 'joining') return { state, effects: [{ type: 'join' }] };\n",
    replace: "  if (state.phase === 'joining') return stay(state);\n",
    scenarios: ['day-at-home'],
  },
  {
    name: 'no jitter: every wait is as long as it may be',
    file: BACKOFF,
    find: '  return Math.floor(random * backoffCeilingMs(attempt));',
    replace: '  return random < 2 ? backoffCeilingMs(attempt) : 0;',
    scenarios: FLEET,
  },
  {
    name: 'a fleet that lost its sessions comes back at once',
    file: BACKOFF,
    find: '(wasOnline ? Math.max(spreadMs, attempt === 0 ? 0 : ceiling) : ceiling)',
    replace: '(wasOnline && spreadMs > 0 ? 1_000 : ceiling)',
    scenarios: FLEET,
  },
  {
    name: 'the backoff is reset as soon as it is online',
    file: LIFE,
    find: "{ phase: 'online', credentialRefusals: 0, unreachable: 0, wasOnline: true, hopeless: false }",
    replace:
      "{ phase: 'online', cloudFailures: 0, credentialRefusals: 0, unreachable: 0, wasOnline: true, hopeless: false }",
    scenarios: ['fleet-drop', 'short'],
  },
  {
    name: 'the backoff is never reset',
    file: LIFE,
    find: 'go(state, { joinFailures: 0, cloudFailures: 0 })',
    replace: 'stay(state)',
    scenarios: SHORT,
  },
  {
    name: 'waits grow without a cap',
    file: BACKOFF,
    find: '  return attempt >= 7 ? BACKOFF_CAP_MS : Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt);',
    replace: '  return BACKOFF_BASE_MS * 4 ** Math.min(attempt, 12);',
    scenarios: SHORT,
  },
  {
    name: 'a refused session is tried again as if the network had failed',
    file: BACKOFF,
    find: "  if (loss.kind !== 'failed') return REFUSAL_WAIT_MS + backoffMs(attempt, random);\n",
    replace: '',
    scenarios: SHORT,
  },
  {
    name: 'Retry-After is ignored',
    file: BACKOFF,
    find: 'failure.retryAfterMs ?? REFUSAL_WAIT_MS',
    replace: '1_000',
    scenarios: ['activation', 'short'],
  },
  {
    name: 'refused credentials are never doubted',
    file: LIFE,
    find: 'const REFUSALS_UNTIL_REACTIVATION = 3;',
    replace: 'const REFUSALS_UNTIL_REACTIVATION = 3_000;',
    scenarios: SHORT,
  },
  {
    name: 'a broker that moved is never looked for',
    file: LIFE,
    find: 'const GONE_UNTIL_REACTIVATION = 20;',
    replace: 'const GONE_UNTIL_REACTIVATION = 20_000;',
    scenarios: ['cloud-moved', 'short'],
  },
  {
    name: 'every boot activates anew',
    file: MEMBERSHIP,
    find: '    if (!isForgotten) this.#stored = this.#record.read();',
    replace: '    if (isForgotten) this.#stored = this.#record.read();',
    scenarios: FLICKER,
  },
  {
    name: 'the activation is used before it is stored, and not stored where that fails',
    file: MEMBERSHIP,
    find: '        this.#store(activation);\n',
    replace: '        this.#stored = activation;\n',
    scenarios: FLICKER,
  },
  {
    name: 'joining has no deadline, and a lost network is not joined again',
    file: BOARD,
    find: "    } else this.#advance({ type: 'network_lost', reason });",
    replace: "    } else if (reason !== 'lost') this.#advance({ type: 'network_lost', reason });",
    scenarios: ['day-at-home', 'short'],
  },
  {
    name: 'the board waits for NTP until it answers',
    file: 'src/board/time-sync.ts',
    find: '        onReady?.();\n',
    replace: '        if (epochMs !== undefined) onReady?.();\n',
    scenarios: SHORT,
  },
  {
    name: 'a broker that is away makes the board restart',
    file: BOARD,
    find: '    explainFailure(this.#diagnostics, event, effects);\n',
    replace:
      '    explainFailure(this.#diagnostics, event, effects);\n    if (this.#life.unreachable > 3) this.#host.timer.set(() => this.#restart(false));\n',
    scenarios: SHORT,
  },
  // Flash.
  {
    name: 'records are not checked for being whole',
    file: 'src/core/record-envelope.ts',
    find: '  return getU32(bytes, 8) === crc32(bytes, ENVELOPE_BYTES) ? length : -1;',
    replace: '  return length;',
    scenarios: FLICKER,
  },
  {
    name: 'outputs are written at every change',
    file: 'src/board/output-store.ts',
    find: '    const wait = this.#budget.waitMs(this.#host.clock.monotonicMs());',
    replace: '    const wait = 0;',
    scenarios: SHORT,
  },
  {
    name: 'the budget of a day is not kept',
    file: 'src/core/write-budget.ts',
    find: 'this.#today < this.#perDay ? 0',
    replace: 'this.#today >= 0 ? 0',
    scenarios: ['day-at-home', 'stuck-and-bouncing'],
  },
  {
    name: 'a running pulse is stored as where the relay is',
    file: RELAY,
    find: "    return (this.#pulse.active ? this.#definition.pulse.rest === 'up' : this.#wanted) ? 1 : 0;",
    replace: '    return this.#wanted ? 1 : 0;',
    scenarios: FLICKER,
  },
  {
    name: 'flickering mains count as crashes',
    file: 'src/board/boot-guard.ts',
    find: "    const crashed = (bootReason === 'crash' || bootReason === 'watchdog') && before?.young === true;",
    replace: "    const crashed = bootReason !== 'restart' && before?.young === true;",
    scenarios: FLICKER,
  },
  {
    name: 'crashes are not counted',
    file: 'src/board/boot-guard.ts',
    find: '    const crashes = crashed ? before.crashes + 1 : 0;',
    replace: '    const crashes = crashed ? 1 : 0;',
    scenarios: FLICKER,
  },
  // Commands.
  {
    name: 'a command is acted on before its age is looked at',
    file: COMMANDS,
    find: '    if (retained || this.#isStale(time)) {',
    replace: '    if (retained) {',
    scenarios: SHORT,
  },
  {
    name: 'a retained command is acted on',
    file: COMMANDS,
    find: '    if (retained || this.#isStale(time)) {',
    replace: '    if (this.#isStale(time)) {',
    scenarios: SHORT,
  },
  {
    name: 'a repeated command is acted on again',
    file: 'src/core/id-memory.ts',
    find: '      if (nowMs - this.#times[i]! <= KEPT_MS) return this.#answers[i];',
    replace: '      if (nowMs - this.#times[i]! <= 10) return this.#answers[i];',
    scenarios: SHORT,
  },
  {
    name: 'a repeated command is not answered again',
    file: COMMANDS,
    find: '      this.#options.reply(id, known.code, known.message, known.ignored ?? NONE, service);\n',
    replace: '',
    scenarios: SHORT,
  },
  {
    name: 'a command is acknowledged and forgotten while a motion runs',
    file: COMMANDS,
    find: '    for (let i = 0; i < commands.length; i++) apply(commands[i]!);',
    replace:
      '    for (let i = 0; i < commands.length; i++) if (Math.floor(this.#options.monotonicMs()) % 7 !== 0) apply(commands[i]!);',
    scenarios: SHORT,
  },
  {
    name: 'commands are neither acknowledged nor acted on',
    file: MQTT,
    find: "packetId: number, start: number, end: number): void {\n    if (this.#state === 'ended' || this.#refusing) return;",
    replace: 'packetId: number, start: number, end: number): void {\n    if (packetId >= 0 && start <= end) return;',
    scenarios: ['day-at-home'],
  },
  {
    name: 'every command is refused',
    file: COMMANDS,
    find: '    const set = readPropertySet(params, product);\n',
    replace: "    const set = product.outputs.length < 99 ? badParameter('no') : readPropertySet(params, product);\n",
    scenarios: ['day-at-home'],
  },
  {
    name: 'a session is given up at its second ping, and begun anew',
    file: MQTT,
    find: '    this.#ackOverdue = this.#unacknowledged > 0;',
    replace: '    this.#ackOverdue = true;',
    scenarios: ['day-at-home'],
  },
  {
    name: 'a refused command gets no answer',
    file: COMMANDS,
    find: '    this.#options.reply(id, code, message, ignored, service);\n    this.#options.onRefused',
    replace: '    this.#options.onRefused',
    scenarios: SHORT,
  },
  // Session.
  {
    name: 'a dead socket is kept: nobody waits for the answer to a ping',
    file: MQTT,
    find: "        () => this.#end({ kind: 'failed', reason: 'ping_timeout' }),",
    replace: '        () => {},',
    scenarios: SHORT,
  },
  {
    name: 'CONNACK and SUBACK are waited for without an end',
    file: MQTT,
    find: "    this.#deadline = this.#options.timer.set(() => this.#end({ kind: 'failed', reason }), STEP_TIMEOUT_MS);",
    replace: "    if (reason === 'malformed') this.#end({ kind: 'failed', reason });",
    scenarios: SHORT,
  },
  {
    name: 'what was not posted is not posted after the reconnect',
    file: 'src/thing/property-reporter.ts',
    find: '      this.#options.product.session.heartbeatS * 1_000,\n    );\n    this.#raise(true);',
    replace: '      this.#options.product.session.heartbeatS * 1_000,\n    );',
    scenarios: SHORT,
  },
  {
    name: 'changes are not posted, and the heartbeat tells the first state for ever',
    file: 'src/thing/property-reporter.ts',
    find: '      const value = read(property.source);\n      params[property.key] = typeof',
    replace:
      '      const value = (params[property.key] as undefined) ?? read(property.source);\n      params[property.key] = typeof',
    scenarios: SHORT,
  },
  {
    name: 'events that the network kept are thrown away',
    file: 'src/session/outbox.ts',
    find: 'if (isKept(waiting)) this.#waiting[kept++] = waiting;',
    replace: 'if (isKept(waiting) && kept < 0) this.#waiting[kept++] = waiting;',
    scenarios: ['offline-events', 'short'],
  },
  {
    name: 'the password stands in the console',
    file: MEMBERSHIP,
    find: "    diagnostics.emit('info', 'activated', { deviceId: activation.deviceId });",
    replace:
      "    diagnostics.emit('info', 'activated', { deviceId: activation.deviceId, p: activation.mqtt.password } as never);",
    scenarios: SHORT,
  },
  // Outputs.
  {
    name: 'interlocked relays do not wait for each other',
    file: 'src/control/interlock.ts',
    find: '    return other.isOn ? Number.POSITIVE_INFINITY : other.sinceMs + this.#deadTimeMs - nowMs;',
    replace: '    return other.isOn ? Number.POSITIVE_INFINITY : other.sinceMs - nowMs;',
    scenarios: HANDS,
  },
  {
    name: 'a relay of a pair does not give way',
    file: 'src/control/interlock.ts',
    find: '    return other.isOn ? Number.POSITIVE_INFINITY : other.sinceMs + this.#deadTimeMs - nowMs;',
    replace: '    return other.sinceMs - nowMs - 1_000_000;',
    scenarios: HANDS,
  },
  {
    name: 'a pulse may be as long as somebody asks',
    file: 'src/control/pulse.ts',
    find: 'Math.min(durationMs ?? this.#definition.durationMs, this.#definition.maxMs)',
    replace: '(durationMs ?? this.#definition.durationMs) + this.#definition.maxMs',
    scenarios: SHORT,
  },
  {
    name: 'a pulse does not end',
    file: 'src/control/pulse.ts',
    find: '    this.#active = false;\n    this.#onOver();',
    replace: '    this.#active = false;',
    scenarios: SHORT,
  },
  {
    name: 'a servo moves at twice its speed',
    file: SERVO,
    find: '        this.#step = this.#timer.set(this.#onStep, STEP_MS);\n        return;',
    replace: '        this.#step = this.#timer.set(this.#onStep, STEP_MS / 2);\n        return;',
    scenarios: HANDS,
  },
  {
    name: 'a servo jumps to where it is told to go',
    file: SERVO,
    find: '      motion.step();\n',
    replace: '      while (motion.moving) motion.step();\n',
    scenarios: HANDS,
  },
  {
    name: 'a servo keeps its force for ever',
    file: SERVO,
    find: '    else if (this.#duty !== 0) this.#detach =',
    replace: '    else if (this.#duty < 0) this.#detach =',
    scenarios: HANDS,
  },
  {
    name: 'a servo reports where it is told to go, at once',
    file: SERVO,
    find: '    const angleDeg = Math.round(this.#motion.angleDeg);',
    replace: '    const angleDeg = Math.round(this.#motion.targetDeg) + (this.#motion.moving ? 0 : 3);',
    scenarios: SHORT,
  },
  {
    name: 'a button is not heard before the board has been online',
    file: 'src/board/local-control.ts',
    find: "    else diagnostics.emit('debug', 'button_pressed', { input, press });",
    replace:
      "    else diagnostics.emit('debug', 'button_pressed', { input, press });\n    if (!diagnostics.events().some((one) => 'to' in one.data && one.data.to === 'online')) return;",
    scenarios: FLICKER,
  },
  // Setting up, and forgetting.
  {
    name: 'a network is stored before it was joined',
    file: NETWORK,
    find: '        : { ...(environment && { environment }), ...(apiUrl && { apiUrl }), ...request };\n',
    replace:
      '        : { ...(environment && { environment }), ...(apiUrl && { apiUrl }), ...request };\n    this.keep();\n',
    scenarios: NEW,
  },
  {
    name: 'a network that was tried in vain takes the place of the one that is known',
    file: PROVISIONING,
    find: '    this.#options.cloud.network.drop();\n',
    replace: '',
    scenarios: NEW,
  },
  {
    name: 'it says that it is set up before its flash knows',
    file: PROVISIONING,
    find: '      cloud.network.keep();\n',
    replace: '',
    scenarios: NEW,
  },
  {
    name: 'a wrong password makes it forget the network',
    file: BOARD,
    find: "    } else this.#advance({ type: 'network_lost', reason });",
    replace:
      "    } else if (reason === 'wrong_password' && this.#life.provisioned) this.#restart(true);\n    else this.#advance({ type: 'network_lost', reason });",
    scenarios: MOVING,
  },
  {
    name: 'five wrong passwords are no reason to open',
    file: LIFE,
    find: 'const WRONG_PASSWORDS_UNTIL_SETUP = 5;',
    replace: 'const WRONG_PASSWORDS_UNTIL_SETUP = 5_000;',
    scenarios: MOVING,
  },
  {
    name: 'a board without a button does not open where its network has gone',
    file: LIFE,
    find: 'const JOINS_UNTIL_SETUP = 10;',
    replace: 'const JOINS_UNTIL_SETUP = 10_000;',
    scenarios: ['month-with-a-bad-router', 'short', 'router-reboot', 'moving-in'],
  },
  {
    name: 'a short press opens a board that is set up',
    file: SETUP,
    find: '    const opens = isLong || !this.provisioned;',
    replace: '    const opens = isLong || this.#isOpen || this.#channels.length > 0;',
    scenarios: ['thief-outside', 'moving-in'],
  },
  {
    name: 'a board that is set up opens whenever it gets power',
    file: LIFE,
    find: "  return go(state, { phase: 'joining', activated, provisioned }, { type: 'join' });",
    replace:
      "  return go(state, { phase: 'joining', activated, provisioned }, { type: 'join' }, { type: 'open_setup' });",
    scenarios: ['thief-outside', 'moving-in'],
  },
  {
    name: 'what was opened stays open until somebody sets the board up',
    file: SETUP,
    find: '    this.#window = new Deadline(timer, () => this.close());',
    replace: '    this.#window = new Deadline(timer, () => {});',
    scenarios: MOVING,
  },
  {
    name: 'the password of the label is another one at each boot',
    file: 'src/board/identity.ts',
    find: '  if (stored !== undefined) return identityOf(stored);',
    replace: '  if (stored !== undefined) return identityOf({ ...stored, pop: makeProof(random) });',
    scenarios: MOVING,
  },
  {
    name: 'a reset leaves no mark until it is done',
    file: RESET,
    find: '  stores.storage.write(MARK, new Uint8Array(1));\n',
    replace: '',
    scenarios: MOVING,
  },
  {
    name: 'a reset that the power broke off is not gone on with',
    file: RESET,
    find: '    if (stores.storage.read(MARK) === undefined) return false;\n    erase(stores);\n    return false;\n',
    replace: '    return false;\n',
    scenarios: MOVING,
  },
  {
    name: 'a reset forgets the account and keeps the network',
    file: RESET,
    find: '  NETWORK_RECORD,\n',
    replace: '  String(NETWORK_RECORD.length),\n',
    scenarios: MOVING,
  },

  // Trust.
  {
    name: 'whoever has a certificate is believed',
    file: CHAIN,
    find: '    if (this.#findWay()) return { trusted: true, key: leaf.key, untilMs: this.#firstEndMs() };',
    replace: '    return { trusted: true, key: leaf.key, untilMs: leaf.notAfterMs };',
    scenarios: TRUST,
  },
  {
    name: 'the name in a certificate is not looked at',
    file: CHAIN,
    find: '    if (names === undefined || !isNameOf(names, this.#check.host)) {',
    replace: '    if (names === undefined) {',
    scenarios: TRUST,
  },
  {
    name: 'the end of a certificate is not looked at',
    file: CHAIN,
    find: '    if (nowMs > notAfterMs) throw',
    replace: '    if (nowMs > notAfterMs + 1e12) throw',
    scenarios: TRUST,
  },
  {
    name: 'the beginning of a certificate is not looked at',
    file: CHAIN,
    find: '    if (nowMs < notBeforeMs && !isFloor) {',
    replace: '    if (nowMs + 1e12 < notBeforeMs && !isFloor) {',
    scenarios: ['short-tls'],
  },
  {
    name: 'who does not know the time takes every certificate for one of the future',
    file: CHAIN,
    find: '    if (nowMs < notBeforeMs && !isFloor) {',
    replace: '    if (nowMs < notBeforeMs) {',
    scenarios: ['trust-month', 'short-tls'],
  },
  {
    name: 'the signatures of certificates are not verified',
    file: CHAIN,
    find: '    if (!isSigned) throw',
    replace: '    if (!isSigned && this.#signatures > 99) throw',
    scenarios: TRUST,
  },
  {
    name: "any certificate may issue others, a server's too",
    file: CHAIN,
    find: '    if (!isCa || (usage & KEY_CERT_SIGN) === 0) {',
    replace: '    if (!isCa && usage > 1e9) {',
    scenarios: TRUST,
  },
  {
    name: 'where the cloud offers no TLS, a board does without',
    file: MEMBERSHIP,
    find: '    return (trust.identity && mqtt.portMTLS) ?? mqtt.portTLS;',
    replace: '    return (trust.identity && mqtt.portMTLS) ?? mqtt.portTLS ?? mqtt.port;',
    scenarios: TRUST,
  },
  {
    name: 'MQTT is never over TLS',
    file: MEMBERSHIP,
    find: '    return { host: activation.mqtt.host, port: this.#portOf(activation)!, security: this.security };',
    replace: '    return { host: activation.mqtt.host, port: activation.mqtt.port, security: undefined };',
    scenarios: TRUST,
  },
  {
    name: 'certificates from between are not looked at, so that no CA is ever followed by another',
    file: CHAIN,
    find: '    for (const candidate of this.#sent) {',
    replace: '    for (const candidate of this.#sent.slice(9)) {',
    scenarios: ['ca-rotated', 'short-tls'],
  },
  {
    name: 'another environment that cannot be reached is waited for',
    file: 'src/board/environment-trial.ts',
    find: '    this.#deadline = host.timer.set(() => {\n',
    replace: '    this.#deadline = host.timer.set(() => {\n      if (candidate.bundle === undefined) return;\n',
    scenarios: ['environment-moved'],
  },
  {
    name: 'a new CA is used and not kept',
    file: 'src/board/environments.ts',
    find: '    this.#write(this.#tried);\n',
    replace: '    this.#learnt = this.#tried;\n',
    scenarios: ['ca-rotated'],
  },

  // Updates.
  {
    name: 'the image of an update is not compared with its digest',
    file: TRY,
    find: "import { equalBytes } from '../core/bytes.js';\n",
    replace: 'const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length;\n',
    scenarios: OLD_BUILDS,
  },
  {
    name: 'the signatures of a package are not verified',
    file: PACKAGE,
    find: "    if (!isRawEcdsaSignature(crypto, { kind: 'ec', point }, header, head.subarray(at, at + SIGNATURE_BYTES - 1))) {",
    replace: '    if (point.length === 0) {',
    scenarios: OLD_BUILDS,
  },
  {
    name: 'which keys must sign the next package is forgotten',
    file: UPDATE_RECORD,
    find: '      const required = knowsKeys ? trial.required : policy.required;',
    replace: '      const required = knowsKeys ? policy.required : policy.required;',
    scenarios: ['key-rotated'],
  },
  {
    name: 'one of the keys that must sign is enough',
    file: PACKAGE,
    find: '    if (at < 0) throw',
    replace: '    if (at < 0 && id > 0) continue;\n      if (at < 0) throw',
    scenarios: ['key-rotated'],
  },
  {
    name: 'the lowest version that a proven build allows is forgotten',
    file: UPDATE_RECORD,
    find: '      const floor = isHigher ? trial.floor : policy.floor;',
    replace: '      const floor = isHigher ? policy.floor : policy.floor;',
    scenarios: OLD_BUILDS,
  },
  {
    name: 'a factory reset forgets the lowest version',
    file: RESET,
    find: '  DOWNLOAD_RECORD,\n',
    replace: "  DOWNLOAD_RECORD,\n  'update',\n",
    scenarios: OLD_BUILDS,
  },
  {
    name: 'the version that runs is taken once more',
    file: RULES,
    find: '  if (compareVersions(header.version, version) <= 0) {',
    replace: '  if (compareVersions(header.version, version) < 0) {',
    scenarios: OLD_BUILDS,
  },
  {
    name: 'any version is taken',
    file: RULES,
    find: '  if (compareVersions(header.version, version) <= 0) {',
    replace: '  if (header.version === version) {',
    scenarios: OLD_BUILDS,
  },
  {
    name: 'a new build is confirmed as soon as it starts',
    file: TRIAL,
    find: '    if (this.isUnderWay) this.#begin(trial);',
    replace: '    if (this.isUnderWay) this.online();\n    if (this.isUnderWay) this.#begin(trial);',
    scenarios: BAD_BUILDS,
  },
  {
    name: 'a new build is never confirmed',
    file: TRIAL,
    find: '      slots.confirm();\n',
    replace: '',
    scenarios: ['update-day'],
  },
  {
    name: 'a new build that reaches nobody stays',
    file: TRIAL,
    find: '    if (this.isUnderWay) this.#begin(trial);\n    // It',
    replace: '    if (this.isUnderWay) return;\n    // It',
    scenarios: BAD_BUILDS,
  },
  {
    name: 'a build that has failed is tried again at once',
    file: SWITCH,
    find: '  if (why !== undefined) {',
    replace: '  if (why !== undefined && trial.switches > 5) {',
    scenarios: BAD_BUILDS,
  },
  {
    name: 'a build that has failed three times is tried once more',
    file: UPDATE_JOB,
    find: '    if (record.failuresOf(digest) >= MAX_FAILURES) {',
    replace: '    if (record.failuresOf(digest) > MAX_FAILURES) {',
    scenarios: ['bad-build'],
  },
  {
    name: 'an update is not gone on with after a power cut',
    file: UPDATE_JOB,
    find: '    if (this.#url === undefined && this.#transfer.pending === undefined) return;',
    replace: '    if (this.#url === undefined) return;',
    scenarios: CUTS,
  },
  {
    name: 'an update begins, and restarts the board, in the middle of whatever that does',
    file: UPDATE_JOB,
    find: ' && !control.busy && ',
    replace: ' && ',
    scenarios: ['update-day', 'short-update'],
  },
  {
    name: 'the record of a download is written with every block',
    file: TRY,
    find: '    if (!job.isAhead || this.#keep()) onProgress(job.done);',
    replace: '    if (this.#keep()) onProgress(job.done);',
    scenarios: ['update-day'],
  },
  {
    name: 'when the server of a file wants to be asked again is ignored',
    file: 'src/ota/update-transfer.ts',
    find: '    return Math.min(least + jitter, RETRY_AFTER_CAP_MS);',
    replace: '    return Math.min(jitter, RETRY_AFTER_CAP_MS + least);',
    scenarios: ['update-way', 'short-update'],
  },
];
