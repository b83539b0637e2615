/** Stands in for the SDK's module of this name: without a cache no session is resumed, each server shows its certificates. */
export default undefined;
