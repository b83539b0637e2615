/** What the fakes of the Linux program stand on (`xs/lin/native.ts`, and the SDK's files). */

declare function native(name: string): (...values: unknown[]) => unknown;

declare module 'lin-native' {
  /** An argument of the command line, from 1; `undefined` where there is none. */
  export function argument(index: number): string | undefined;
  /** 32 random bits. */
  export function random(): number;
  export function exit(status: number): void;
  /** Bytes of the standard input that are there, up to `length`; returns how many. */
  export function readInput(into: ArrayBuffer, length: number): number;
  /** To the standard output, at once. */
  export function writeOutput(bytes: ArrayBuffer, length: number): void;
}

declare module 'file' {
  export class File {
    /** @throws when the file is not there, or cannot be made */
    constructor(path: string, write?: boolean);
    read(type: ArrayBufferConstructor): ArrayBuffer;
    read(type: StringConstructor): string;
    write(bytes: ArrayBufferLike): void;
    readonly length: number;
    close(): void;
    static delete(path: string): boolean;
    static exists(path: string): boolean;
    static rename(path: string, name: string): boolean;
  }
}
