/** What the bench's program has beside what the Linux program has. */

declare module 'bench-native' {
  export function now(): number;
  export function report(label: string): void;
  export function live(label: string): void;
  export function sample(): void;
  export function samples(): void;
  export function slotErase(at: number, length: number): void;
  export function slotWrite(from: ArrayBufferLike, at: number, offset: number, length: number): void;
  export function slotRead(into: ArrayBufferLike, at: number, offset: number, length: number): void;
}

declare module 'bench-image' {
  /** What a build for a chip would have in its flash. */
  const image: {
    readonly product: unknown;
    readonly anchors: readonly string[];
    readonly updateKeys: unknown;
    readonly buildTimeMs: number;
    /** The answer to an activation, the set without its id's last seven digits' place, and where these are. */
    readonly activation: string;
    readonly setTopic: string;
    readonly setPayload: string;
  };
  export default image;
}

declare module 'lin-ffi' {
  export { default } from 'mc/ffi';
}
