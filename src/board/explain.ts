import type { LifeEffect, LifeEvent } from '../core/life-cycle.js';
import type { Diagnostics } from './diagnostics.js';

/** Says what failed, and when it will be tried again. */
export function explainFailure(diagnostics: Diagnostics, event: LifeEvent, effects: readonly LifeEffect[]): void {
  let retryMs = 0;
  for (const effect of effects) if (effect.type === 'retry') retryMs = effect.delayMs;
  if (event.type === 'activation_failed') {
    const { kind } = event.failure;
    diagnostics.emit('warn', 'activation_failed', { kind, reason: whyNotActivated(event), retryMs });
  } else if (event.type === 'session_lost') {
    diagnostics.emit('warn', 'session_lost', { kind: event.loss.kind, reason: whyLost(event), retryMs });
  }
}

/** Why a board is not online, where an event says so, in a few words. */
export function whyOffline(event: LifeEvent): string | undefined {
  if (event.type === 'activation_failed') return whyNotActivated(event);
  if (event.type === 'session_lost') return whyLost(event);
  return event.type === 'network_lost' ? 'network lost' : undefined;
}

/** Why an activation failed, in a few words: the server's, where it answered. */
export function whyNotActivated({ failure }: Extract<LifeEvent, { type: 'activation_failed' }>): string {
  if (failure.kind === 'broken' || failure.kind === 'unable') return failure.reason;
  return failure.kind === 'refused' ? failure.word : 'too many requests';
}

/** Why a session ended or never began, in a few words. */
export function whyLost({ loss }: Extract<LifeEvent, { type: 'session_lost' }>): string {
  if (loss.kind === 'failed') return loss.reason;
  return loss.kind === 'refused' ? `CONNACK ${loss.code}` : 'SUBACK 128';
}
